/**
 * The grammar of .bl files; docs/language.md gives the meaning.
 *
 * Every clause begins with a word of its own, so one token decides every alternative and an error never reaches past its
 * clause. The words that begin declarations and clauses are reserved; the others may be names.
 */
grammar Bitloom;

file
    : (format | kernel)* EOF
    ;

format
    : FORMAT name LBRACE formatClause* RBRACE
    ;

formatClause
    : ELEMENT element                    # elementClause
    | SCALE scaleType PER granularity    # scaleClause
    | ZERO zeroType PER granularity      # zeroClause
    | OFFSET offsetType PER granularity  # offsetClause
    ;

element
    : FLOAT floatShape specials? (BIAS exponentBias)?    # floatElement
    | sizedKind width                                    # sizedElement
    | TERNARY                                            # ternaryElement
    | CODEBOOK LBRACKET real (COMMA real)* RBRACKET      # codebookElement
    ;

sizedKind    : INT | UINT | BIPOLAR | BINARY ;
floatShape   : E4M3 | E8M0 | FLOAT_SHAPE ;
specials     : FINITE | FN | IEEE ;
exponentBias : INTEGER | SIGNED_INTEGER ;
width        : INTEGER ;
real         : INTEGER | SIGNED_INTEGER | REAL ;

scaleType    : F16 | BF16 | F32 | E8M0 | E4M3 ;
zeroType     : F16 | BF16 | F32 | INT width | UINT width ;
offsetType   : F16 | BF16 | F32 ;
granularity  : ROW | TENSOR | INTEGER ;

kernel
    : KERNEL name LBRACE kernelClause* RBRACE
    ;

kernelClause
    : Y resultType ASSIGN X activationType TIMES name    # equationClause
    | TILE tileAxis (COMMA tileAxis)*                    # tileClause
    | STAGES range                                       # stagesClause
    | SPLIT_K range                                      # splitClause
    | EPILOGUE epilogueStep (COMMA epilogueStep)*        # epilogueClause
    ;

resultType     : F16 | BF16 ;
activationType : F16 | BF16 | BIPOLAR width | INT width ;
tileAxis       : axis range ;
axis           : M | N | K ;
range          : bound (DOTDOT bound)? ;
bound          : INTEGER ;
epilogueStep   : BIAS | SILU | GELU ;

name
    : WORD | FLOAT | INT | UINT | BIPOLAR | BINARY | TERNARY | CODEBOOK | FINITE | FN | IEEE | BIAS | PER | ROW | TENSOR
    | F16 | BF16 | F32 | E8M0 | E4M3 | FLOAT_SHAPE | X | M | N | K | SILU | GELU
    ;

// reserved words
FORMAT : 'format' ;
KERNEL : 'kernel' ;
ELEMENT : 'element' ;
SCALE : 'scale' ;
ZERO : 'zero' ;
OFFSET : 'offset' ;
Y : 'y' ;
TILE : 'tile' ;
STAGES : 'stages' ;
SPLIT_K : 'split_k' ;
EPILOGUE : 'epilogue' ;

// words that may be names elsewhere
FLOAT : 'float' ;
INT : 'int' ;
UINT : 'uint' ;
BIPOLAR : 'bipolar' ;
BINARY : 'binary' ;
TERNARY : 'ternary' ;
CODEBOOK : 'codebook' ;
FINITE : 'finite' ;
FN : 'fn' ;
IEEE : 'ieee' ;
BIAS : 'bias' ;
PER : 'per' ;
ROW : 'row' ;
TENSOR : 'tensor' ;
F16 : 'f16' ;
BF16 : 'bf16' ;
F32 : 'f32' ;
E8M0 : 'e8m0' ;
E4M3 : 'e4m3' ;
X : 'x' ;
M : 'm' ;
N : 'n' ;
K : 'k' ;
SILU : 'silu' ;
GELU : 'gelu' ;

LBRACE : '{' ;
RBRACE : '}' ;
LBRACKET : '[' ;
RBRACKET : ']' ;
COMMA : ',' ;
DOTDOT : '..' ;
ASSIGN : '=' ;
TIMES : '*' ;

FLOAT_SHAPE : 'e' DIGIT+ 'm' DIGIT+ ;
INTEGER : DIGIT+ ;
SIGNED_INTEGER : [+-] DIGIT+ ;
REAL : [+-]? (DIGIT+ '.' DIGIT+ EXPONENT? | DIGIT+ EXPONENT | '.' DIGIT+ EXPONENT?) ;

// Wider than a legal name, so that a bad name or number is one token and one error.
WORD : LETTER (LETTER | DIGIT)* ('-' (LETTER | DIGIT)+)* ;
NOT_A_NUMBER : DIGIT (LETTER | DIGIT)* ;

LINE_COMMENT : '//' ~[\r\n]* -> skip ;
BLOCK_COMMENT : '/*' .*? ('*/' | EOF) -> channel(HIDDEN) ;
SPACE : [ \t\r\n\f\uFEFF]+ -> skip ;
BAD_CHARACTER : . -> channel(HIDDEN) ;

fragment DIGIT : [0-9] ;
fragment EXPONENT : [eE] [+-]? DIGIT+ ;
fragment LETTER : [\p{L}_] ;
