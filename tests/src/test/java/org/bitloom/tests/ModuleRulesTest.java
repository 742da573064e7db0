package org.bitloom.tests;

import java.util.List;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The directions of dependencies, as docs/architecture.md gives them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModuleRulesTest {
  private static final String DSL = "org.bitloom.dsl..";
  private static final String CODEGEN = "org.bitloom.codegen..";
  private static final String RUNTIME = "org.bitloom.runtime..";
  private static final String API = "org.bitloom.runtime.api..";
  private static final String JCUDA = "jcuda..";
  private static final String GENERATED = "org.bitloom.generated..";
  private static final String EMULATOR = "org.bitloom.emulator..";
  /** What only the facade module holds. */
  private static final List<String> FACADE = List.of("org.bitloom", "org.bitloom.cli..", "org.bitloom.job..",
      "org.bitloom.compile..", "org.bitloom.bundle..", "org.bitloom.picture..", "org.bitloom.safetensors..",
      "org.bitloom.llama..");

  private JavaClasses bitloom;

  @BeforeAll
  void importClasses() {
    bitloom = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("org.bitloom");
  }

  @ParameterizedTest
  @ValueSource(strings = {DSL, CODEGEN, RUNTIME, GENERATED, "org.bitloom.cli.."})
  void everyRoomIsChecked(String room) {
    assertTrue(bitloom.stream().anyMatch(JavaClass.Predicates.resideInAPackage(room)), room + " is empty");
  }

  @Test
  void dslKnowsNothingOfTheRest() {
    check(noClasses().that().resideInAPackage(DSL).should().dependOnClassesThat()
        .resideInAnyPackage(CODEGEN, RUNTIME, JCUDA, GENERATED, EMULATOR));
    check(facadeIsUnknownTo(DSL));
  }

  @Test
  void antlrLivesInDslSyntaxOnly() {
    check(noClasses().that().resideOutsideOfPackage("org.bitloom.dsl.syntax..").should().dependOnClassesThat()
        .resideInAPackage("org.antlr.."));
  }

  @Test
  void dslLayersPointDownwards() {
    check(noClasses().that().resideInAPackage("org.bitloom.dsl.source..").should().dependOnClassesThat()
        .resideInAnyPackage("org.bitloom.dsl.syntax..", "org.bitloom.dsl.model..", "org.bitloom.dsl.check.."));
    check(noClasses().that().resideInAPackage("org.bitloom.dsl.model..").should().dependOnClassesThat()
        .resideInAnyPackage("org.bitloom.dsl.syntax..", "org.bitloom.dsl.check.."));
    check(noClasses().that().resideInAPackage("org.bitloom.dsl.syntax..").should().dependOnClassesThat()
        .resideInAPackage("org.bitloom.dsl.check.."));
  }

  @Test
  void codegenSeesOnlyValuesOfTheRuntime() {
    check(noClasses().that().resideInAPackage(CODEGEN).should().dependOnClassesThat(
        DescribedPredicate.describe("lie in the runtime outside of runtime.api",
            type -> JavaClass.Predicates.resideInAPackage(RUNTIME).test(type)
                && !JavaClass.Predicates.resideInAPackage(API).test(type))));
    check(noClasses().that().resideInAPackage(CODEGEN).should().dependOnClassesThat()
        .resideInAnyPackage(JCUDA, GENERATED, EMULATOR));
    check(facadeIsUnknownTo(CODEGEN));
  }

  @Test
  void codegenReadsNoEnvironment() {
    check(noClasses().that().resideInAPackage(CODEGEN).should().callMethod(System.class, "getenv", String.class)
        .orShould().callMethod(System.class, "getenv"));
  }

  @Test
  void runtimeKnowsNeitherLanguageNorGenerator() {
    check(noClasses().that().resideInAPackage(RUNTIME).should().dependOnClassesThat()
        .resideInAnyPackage(DSL, CODEGEN, GENERATED, EMULATOR));
    check(facadeIsUnknownTo(RUNTIME));
  }

  @Test
  void runtimeApiIsPureValues() {
    check(noClasses().that().resideInAPackage(API).should().dependOnClassesThat().resideInAnyPackage(JCUDA, "java.io..",
        "java.nio.file.."));
    check(noClasses().that().resideInAPackage(API).should().dependOnClassesThat(
        DescribedPredicate.describe("lie in the runtime outside of runtime.api",
            type -> JavaClass.Predicates.resideInAPackage(RUNTIME).test(type)
                && !JavaClass.Predicates.resideInAPackage(API).test(type))));
  }

  @Test
  void jcudaIsUsedByTheRuntimeOnly() {
    check(noClasses().that().resideOutsideOfPackages("org.bitloom.runtime.compile..", "org.bitloom.runtime.cuda..")
        .should().dependOnClassesThat().resideInAPackage(JCUDA));
  }

  @Test
  void generatedKernelsNeedTheRuntimeApiOnly() {
    check(noClasses().that().resideInAPackage(GENERATED).should().dependOnClassesThat()
        .resideInAnyPackage(DSL, CODEGEN, JCUDA, EMULATOR));
    check(facadeIsUnknownTo(GENERATED));
  }

  @Test
  void onlyTheFacadePrints() {
    check(noClasses().that().resideOutsideOfPackage("org.bitloom.cli..").should().accessField(System.class, "out")
        .orShould().accessField(System.class, "err"));
  }

  @Test
  void noStateIsStatic() {
    // ANTLR's generated lexer is as ANTLR writes it.
    check(fields().that().areStatic().and().areDeclaredInClassesThat()
        .resideOutsideOfPackage("org.bitloom.dsl.syntax.antlr..").should().beFinal());
  }

  @Test
  void namesSayWhatAClassIsFor() {
    check(noClasses().should().haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils)"));
    // A CUDA context is a thing of the driver API; nothing else may be called one.
    check(noClasses().that().resideOutsideOfPackage("org.bitloom.runtime.cuda..").and()
        .resideOutsideOfPackage("org.bitloom.dsl.syntax..").should().haveNameMatching(".*Context"));
    check(classes().that().haveSimpleNameEndingWith("Exception").should().beAssignableTo(RuntimeException.class));
  }

  private static ArchRule facadeIsUnknownTo(String room) {
    return noClasses().that().resideInAPackage(room).should().dependOnClassesThat()
        .resideInAnyPackage(FACADE.toArray(String[]::new));
  }

  private void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(bitloom);
  }
}
