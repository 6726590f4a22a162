package viz

import (
	"math"
	"testing"

	"argen"
)

// The parts cover [0,1) without a gap, and u is in the part of the token that
// it picked, also where the list is too short to know the parts before it.
func TestPartsCoverUnit(t *testing.T) {
	for _, tr := range traces(t, len(chains)) {
		for i := range tr.Steps {
			s := tr.Steps[i]
			for len(s.Top) > 0 {
				checkParts(t, &s)
				if s.Top[len(s.Top)-1].ID == s.ID {
					break
				}
				s.Top = s.Top[:len(s.Top)-1]
			}
		}
	}
}

func checkParts(t *testing.T, s *argen.Step) {
	t.Helper()
	end, found := 0.0, false
	for _, p := range parts(s, mostRows) {
		if math.Abs(p.low-end) > 1e-9 || p.high < p.low {
			t.Errorf("step %d: a part from %v to %v follows one that ends at %v", s.T, p.low, p.high, end)
		}
		end = p.high
		if p.chosen {
			found = true
			if s.U < p.low-1e-9 || s.U >= p.high+1e-9 || math.Abs(p.low-s.Low) > 1e-9 || math.Abs(p.high-s.High) > 1e-9 {
				t.Errorf("step %d: u = %v, [%v,%v) of the trace is [%v,%v)", s.T, s.U, s.Low, s.High, p.low, p.high)
			}
		}
	}
	if math.Abs(end-1) > 1e-9 || !found {
		t.Errorf("step %d: the parts end at %v; chosen among them: %t", s.T, end, found)
	}
}

func TestDrawForced(t *testing.T) {
	f, err := Draw(Input{Traces: []*argen.Trace{poisoned("fox")}, Step: 1})
	if err != nil {
		t.Fatal(err)
	}
	if f.Title != "No dice: “fox” was given" {
		t.Errorf("title %q", f.Title)
	}
}

// The strip names the chosen part wherever u falls in it, if the part is wide
// enough for its name.
func TestChosenNamed(t *testing.T) {
	tr := write(t, "It was", "", 7, 40)
	s := &tr.Steps[16]
	low, high := s.Low, s.High
	for i := range 20 {
		s.U = low + (high-low)*float64(i)/20
		got := 0
		for _, w := range texts(t, drawn(t, Charts[1], Input{Traces: []*argen.Trace{tr}, Step: 16})) {
			if w.text == label(s.Token) {
				got++
			}
		}
		if got != 1 { // beside its bar it stands behind an arrow
			t.Errorf("u = %v: the strip names %q %d times", s.U, s.Token, got)
		}
	}
}
