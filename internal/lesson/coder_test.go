package lesson

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"argen"
)

// TestCoder: whatever the distributions, what is decoded is what was coded, and
// the code has −log₂ P digits and at most two more, but for what the smallest
// shares cost.
func TestCoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.IntRange(1, 300).Draw(t, "V")
		n := rapid.IntRange(0, 60).Draw(t, "n")
		spread := rapid.Float64Range(0, 40).Draw(t, "spread")
		var rows [][]float64
		var ids []argen.ID
		want := 0.0
		e := newEncoder()
		for range n {
			row := rapid.SliceOfN(rapid.Float64Range(-spread, spread), v, v).Draw(t, "logits")
			id := argen.ID(rapid.IntRange(0, v-1).Draw(t, "id"))
			for i := range row {
				if argen.ID(i) != id && rapid.IntRange(0, 3).Draw(t, "gone") == 0 {
					row[i] = math.Inf(-1)
				}
			}
			logp, err := argen.LogProb(row, id)
			if err != nil {
				t.Fatal(err)
			}
			want += min(-logp/math.Ln2, 40)
			if err := e.add(row, id); err != nil {
				t.Fatal(err)
			}
			rows, ids = append(rows, row), append(ids, id)
		}
		e.end()
		if off := float64(e.digits) - want; off > 2.01 || off < -1-float64(n) {
			t.Fatalf("%d digits, −log₂ P is %g", e.digits, want)
		}
		if len(e.code) != (e.digits+7)/8 {
			t.Fatalf("%d digits in %d bytes", e.digits, len(e.code))
		}
		d := newDecoder(e.code)
		var back []argen.ID
		for _, row := range rows {
			id, err := d.token(row)
			if err != nil {
				t.Fatal(err)
			}
			back = append(back, id)
		}
		if !slices.Equal(back, ids) {
			t.Fatalf("%v became %v", ids, back)
		}
	})
}

// TestCoderByHand: a text of probability 1/16 has a code of four digits and two
// that tell it from its neighbours, and which it is can be computed by hand: the
// second quarter of the second quarter is [5/16, 6/16).
func TestCoderByHand(t *testing.T) {
	e := newEncoder()
	for range 2 {
		if err := e.add([]float64{0, 0, 0, 0}, 1); err != nil {
			t.Fatal(err)
		}
	}
	e.end()
	// 0101 and then 01: 0.010101 in binary is 21/64, within [20/64, 24/64).
	if e.digits != 6 || len(e.code) != 1 || e.code[0] != 0b01010100 {
		t.Errorf("%d digits, %08b", e.digits, e.code)
	}
	if err := e.add([]float64{0, math.Inf(-1)}, 1); err == nil {
		t.Error("an impossible token has a code")
	}
	if err := e.add([]float64{math.Inf(-1)}, 0); err == nil {
		t.Error("a distribution of nothing is coded")
	}
}
