package org.bitloom.codegen.target;

import java.util.List;

import org.bitloom.codegen.target.Fragment.Place;
import org.bitloom.codegen.target.Fragment.Step;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The literals agree with the formulas of the PTX ISA (section 9.7.15.5), and wrong maps are refused. */
class MmaAtomTest {
  /** m16n8k16: a_i: row groupID (+8 for i in 2,3,6,7), col threadID_in_group * 2 + (i & 1) (+8 for i >= 4). */
  @Test
  void placesHalvesAsThePtxIsaDoes() {
    for (MmaAtom atom : List.of(MmaAtom.M16N8K16_F16, MmaAtom.M16N8K16_BF16)) {
      for (int lane = 0; lane < 32; lane++) {
        int group = lane >> 2;
        int quad = lane % 4;
        for (int i = 0; i < 8; i++) {
          int row = i < 2 || (4 <= i && i < 6) ? group : group + 8;
          int col = quad * 2 + (i & 1) + (i < 4 ? 0 : 8);
          assertEquals(new Place(row, col), atom.a().at(lane, i / 2, i % 2));
        }
        for (int i = 0; i < 4; i++) {
          assertEquals(new Place(quad * 2 + (i & 1) + (i < 2 ? 0 : 8), group), atom.b().at(lane, i / 2, i % 2));
          assertEquals(new Place(i < 2 ? group : group + 8, quad * 2 + (i & 1)), atom.c().at(lane, i, 0));
        }
      }
    }
  }

  /** m16n8k32: a_i: row groupID (+8 for i in 4..7, 12..15), col threadID_in_group * 4 + (i & 3) (+16 for i >= 8). */
  @Test
  void placesBytesAsThePtxIsaDoes() {
    for (int lane = 0; lane < 32; lane++) {
      int group = lane >> 2;
      int quad = lane % 4;
      for (int i = 0; i < 16; i++) {
        int row = i < 4 || (8 <= i && i < 12) ? group : group + 8;
        int col = quad * 4 + (i & 3) + (i < 8 ? 0 : 16);
        assertEquals(new Place(row, col), MmaAtom.M16N8K32_S8.a().at(lane, i / 4, i % 4));
      }
      for (int i = 0; i < 8; i++) {
        assertEquals(new Place(quad * 4 + (i & 3) + (i < 4 ? 0 : 16), group),
            MmaAtom.M16N8K32_S8.b().at(lane, i / 4, i % 4));
      }
    }
  }

  /** m16n8k256: a_i: row groupID (+8 for i in 32..63, 96..127), col threadID_in_group * 32 + (i & 31) (+128 for i >= 64). */
  @Test
  void placesBitsAsThePtxIsaDoes() {
    for (int lane = 0; lane < 32; lane++) {
      int group = lane >> 2;
      int quad = lane % 4;
      for (int i = 0; i < 128; i++) {
        int row = i < 32 || (64 <= i && i < 96) ? group : group + 8;
        int col = quad * 32 + (i & 31) + (i < 64 ? 0 : 128);
        assertEquals(new Place(row, col), MmaAtom.M16N8K256_B1_AND.a().at(lane, i / 32, i % 32));
      }
    }
  }

  @Test
  void spellsTheMnemonic() {
    assertEquals("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", MmaAtom.M16N8K16_BF16.mnemonic());
    assertEquals("mma.sync.aligned.m16n8k32.row.col.s32.u8.s8.s32", MmaAtom.M16N8K32_U8S8.mnemonic());
    assertEquals("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc", MmaAtom.M16N8K256_B1_AND.mnemonic());
  }

  @Test
  void refusesMapsThatRepeatAnElement() {
    List<Step> lanes = List.of(new Step(0, 1), new Step(0, 2), new Step(1, 0), new Step(2, 0), new Step(3, 0));
    assertThrows(IllegalArgumentException.class, () -> new Fragment(8, 4, List.of(), List.of(), lanes));
  }

  @Test
  void refusesMapsOfAnotherSize() {
    List<Step> lanes = List.of(new Step(0, 1), new Step(0, 2), new Step(1, 0), new Step(2, 0), new Step(4, 0));
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
        () -> new Fragment(8, 8, List.of(), List.of(), lanes));
    assertTrue(e.getMessage().contains("32 elements do not fill a 8 x 8 matrix"), e.getMessage());
  }
}
