package viz

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"argen"
)

// A written is a text of an SVG and where it is.
type written struct {
	text string
	box  vg.Rectangle // y down
}

// texts returns all texts of a figure.
func texts(t testing.TB, f *Figure) []written {
	t.Helper()
	var doc struct {
		Text []struct {
			X      float64 `xml:"x,attr"`
			Y      float64 `xml:"y,attr"`
			Size   float64 `xml:"font-size,attr"`
			Weight string  `xml:"font-weight,attr"`
			Turn   string  `xml:"transform,attr"`
			Text   string  `xml:",chardata"`
		} `xml:"text"`
	}
	if err := xml.Unmarshal(svg(t, f), &doc); err != nil {
		t.Fatal(err)
	}
	var list []written
	for _, e := range doc.Text {
		w := measure(e.Text, face(e.Size, e.Weight == "bold"))
		up, down := .72*e.Size, .2*e.Size
		box := rect(e.X, e.Y-up, e.X+w, e.Y+down)
		if strings.HasPrefix(e.Turn, "rotate(-90") {
			box = rect(e.X-up, e.Y-w, e.X+down, e.Y)
		} else if e.Turn != "" {
			t.Errorf("%q is turned by %s", e.Text, e.Turn)
		}
		list = append(list, written{e.Text, box})
	}
	return list
}

// No text is cut off by the page and none lies over another, however many
// tokens there are and however long they are.
func TestNothingOverlaps(t *testing.T) {
	learned := learningInputs(t)["learning"].Learning
	base := write(t, "It was", "temperature=1.3,top_k=6,top_p=0.9", 7, 40)
	for _, n := range []int{1, 2, 7, 20, 40, 41, 90, 180, 400, 2500} {
		for _, words := range []string{"", "x", "incomprehensibilities", "語語語語語"} {
			tr := stretched(base, n, words)
			for _, c := range Charts {
				if n > 40 && (c.Name == "next" || c.Name == "draw" || c.Name == "stages" || !ofTraces(c)) || c.From == FromData || c.Name == "beams" || c.Name == "speculation" {
					continue
				}
				f := drawn(t, c, Input{Traces: []*argen.Trace{tr}, Step: -1, Orders: ordersData, Learning: learned, Tree: wideTree(n, words), Compare: compareData()})
				checkTexts(t, fmt.Sprintf("%s of %d tokens %q", c.Name, n, words), f)
			}
		}
	}
	for _, c := range Charts {
		for name, in := range inputs(t, c.Name) {
			checkTexts(t, name, drawn(t, c, in))
		}
	}
}

// stretched is a trace of n tokens, all of them words unless that is "".
func stretched(base *argen.Trace, n int, words string) *argen.Trace {
	tr := &argen.Trace{Head: base.Head}
	sum := 0.0
	for i := range n {
		s := base.Steps[(i+5)%len(base.Steps)]
		s.T = i
		if words != "" {
			s.Token, s.Text = words, " "+words
			s.Top = append([]argen.TopToken(nil), s.Top...)
			for j := range s.Top {
				s.Top[j].Token = words
			}
		}
		sum += s.LogProb
		s.CumLogProb = sum
		tr.Steps = append(tr.Steps, s)
	}
	return tr
}

func checkTexts(t *testing.T, what string, f *Figure) {
	t.Helper()
	list := texts(t, f)
	if len(list) < 4 {
		t.Errorf("%s: only %d texts", what, len(list))
	}
	const slack = .6 // points
	for i, a := range list {
		if a.box.Min.X < -slack || a.box.Min.Y < -slack || float64(a.box.Max.X) > f.Width+slack || float64(a.box.Max.Y) > f.Height+slack {
			t.Errorf("%s: %q at %v is cut off by a page of %v × %v", what, a.text, a.box, f.Width, f.Height)
			return
		}
		for _, b := range list[:i] {
			x := math.Min(float64(a.box.Max.X), float64(b.box.Max.X)) - math.Max(float64(a.box.Min.X), float64(b.box.Min.X))
			y := math.Min(float64(a.box.Max.Y), float64(b.box.Max.Y)) - math.Max(float64(a.box.Min.Y), float64(b.box.Min.Y))
			if x > slack && y > slack {
				t.Errorf("%s: %q at %v lies over %q at %v", what, a.text, a.box, b.text, b.box)
				return
			}
		}
	}
}
