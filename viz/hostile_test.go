package viz

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"argen"
)

// payloads are tokens that broke somebody's chart, page or terminal.
func payloads() []string {
	list := []string{
		"", " ", "  ", "\n", "\r\n", "\t", "\x00", "\x1b[31m", "\x1b]0;title\a", "\x7f", "\u0080", "\u0085", "\u00a0", "\u00ad",
		"<script>alert(1)</script>", "</title><script>", "</desc>", "]]>", "<![CDATA[x]]>", "<!--", "-->", "<?xml?>", "&", "&amp;", "&#0;", "&lt;",
		`"`, "'", `" onload="x`, "' onload='x", "javascript:alert(1)", "</svg>", "<svg/onload=x>", "<image href=x>", "<foreignObject>", "<a xlink:href=\"x\">",
		"\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\ufffd", "\U000e0041", "\U0010ffff",
		"\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xed\xa0\x80", "a\xffb", "\xc0\xaf",
		"日本語", "語", "العربية", "עברית", "हिन्दी", "ไทย", "😀", "👩‍👩‍👧‍👦", "🇩🇪", "é", "e\u0301", "Z\u0351\u036b\u0343\u036a\u0302\u036b", strings.Repeat("\u0301", 500),
		"$", "$x$", `\frac{1}{2}`, `x_t^2`, "P(x|y)", "%s%n", "%!d(x)", "{{.}}", "${x}", "`x`", "../../etc/passwd", "=1+1", "@x", "-1", "+1",
		strings.Repeat("x", 10_000), strings.Repeat("語", 10_000), strings.Repeat(" ", 1000), strings.Repeat("\n", 1000), strings.Repeat("&", 1000),
		"Ġthe", "▁the", "##ing", "<0x0A>", "</s>", "<|endoftext|>", "·", "…", "→", "\\", `\n`, `\\`, `\x1b`,
	}
	for r := rune(0); r < 0x20; r++ {
		list = append(list, "a"+string(r)+"b")
	}
	for r := rune(0x80); r < 0xa0; r++ {
		list = append(list, string(r))
	}
	return list
}

// poisoned is a trace whose every text is s.
func poisoned(s string) *argen.Trace {
	tr := &argen.Trace{Head: argen.Header{Prompt: s, PromptText: s, Chain: s, PromptTokens: []string{s}, Model: argen.Info{Ref: s, Kind: s}}}
	for t := range 3 {
		tr.Steps = append(tr.Steps, argen.Step{
			T: t, ID: argen.ID(t), Token: s, Text: s, Prob: .5, LogProb: -math.Ln2, Rank: 1, SampledProb: .6, High: .6, U: .3, Entropy: 1, Surprisal: 1,
			CumLogProb: -math.Ln2 * float64(t+1), Kept: 2, Forced: t == 1, Chain: s,
			Top: []argen.TopToken{
				{ID: argen.ID(t), Token: s, Prob: .5, SampledProb: .6, Rank: 1},
				{ID: 8, Token: s + s, Prob: .3, SampledProb: .4, Rank: 2},
				{ID: 9, Token: s, Prob: .1, Rank: 3, RemovedBy: s},
			},
			Rest:   argen.Rest{Tokens: 5, Prob: .1},
			Stages: []argen.Stage{{Name: s, Kept: 2, MassRemoved: .2, Entropy: .9}},
		})
	}
	return tr
}

// Whatever a token is, the picture is well-formed XML with no element or
// attribute that we did not write, and nothing in it acts on a terminal.
func TestHostile(t *testing.T) {
	list := payloads()
	if len(list) < 150 {
		t.Fatalf("%d payloads, want 150 or more", len(list))
	}
	for i, s := range list {
		tr := poisoned(s)
		for _, c := range Charts {
			in := Input{Traces: []*argen.Trace{tr}, Step: i % 3, Orders: ordersData}
			in.Orders.Names, in.Orders.Unit = []string{s, s}, s
			in.Learning.Runs = []LearningRun{longRun(s, 60, 10, s, s+s), longRun(s, 60, 20)}[:1+i%2]
			in.Tree = treeOf(s, .5, .25)
			in.Compare = poisonedCompare(s)
			if c.From == FromData {
				in.Data = respelled(dataInputs[c.Name][c.Name].Data, s)
			}
			if c.Name == "beams" || c.Name == "speculation" {
				in.Traces = []*argen.Trace{poisonedSearch(s)}
			}
			f := drawn(t, c, in)
			data := svg(t, f)
			checkXML(t, fmt.Sprintf("%s of %.20q", c.Name, s), data)
			checkShown(t, s, Describe(f))
			if i%24 == 0 {
				for _, format := range []string{"png", "pdf"} {
					if err := Write(f, format, io.Discard); err != nil {
						t.Errorf("%s of %.20q as %s: %v", c.Name, s, format, err)
					}
				}
			}
		}
	}
}

// elements and attributes are those that svgCanvas writes.
var (
	elements   = map[string]bool{"svg": true, "title": true, "desc": true, "path": true, "text": true}
	attributes = map[string]bool{
		"xmlns": true, "role": true, "width": true, "height": true, "viewBox": true, "font-family": true, "d": true, "fill": true, "stroke": true,
		"stroke-width": true, "stroke-dasharray": true, "x": true, "y": true, "font-size": true, "font-weight": true, "transform": true,
		"textLength": true, "lengthAdjust": true, "space": true,
	}
)

func checkXML(t rapid.TB, what string, data []byte) {
	if !utf8.Valid(data) {
		t.Errorf("%s is not UTF-8", what)
	}
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if !elements[e.Name.Local] {
				t.Errorf("%s has an element %s", what, e.Name.Local)
			}
			for _, a := range e.Attr {
				if !attributes[a.Name.Local] {
					t.Errorf("%s has an attribute %s", what, a.Name.Local)
				}
			}
		case xml.Comment, xml.ProcInst, xml.Directive:
			t.Errorf("%s has %v", what, e)
		}
	}
}

// checkShown says what in a description a terminal would act on.
func checkShown(t rapid.TB, s, words string) {
	for _, r := range words {
		if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			t.Errorf("%.20q: the description holds %U", s, r)
			return
		}
	}
	if !utf8.ValidString(words) {
		t.Errorf("%.20q: the description is not UTF-8", s)
	}
}

// Figures of a trace may be anything: a file can say that a probability is
// NaN. A chart is drawn or refused, and comes to an end.
func TestOddNumbers(t *testing.T) {
	nonsense := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{-1, math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300}))
	odd := func(edges ...float64) *rapid.Generator[float64] { return rapid.SampledFrom(edges) }
	share, bits := odd(0, 1, 5e-324, 1e-17, 1+1e-7, .5), odd(0, 64, 5e-324, 1)
	log, news := odd(0, -1, math.Inf(-1), -1e300, -5e-324), odd(0, 1, math.Inf(1), 1e300, 5e-324)
	drawn := 0
	rapid.Check(t, func(t *rapid.T) {
		tr := poisoned(rapid.String().Draw(t, "token"))
		for i := range tr.Steps {
			st := &tr.Steps[i]
			for _, n := range []struct {
				name string
				at   *float64
				from *rapid.Generator[float64]
			}{
				{"prob", &st.Prob, share},
				{"sampled_prob", &st.SampledProb, share},
				{"u", &st.U, share},
				{"low", &st.Low, share},
				{"high", &st.High, share},
				{"top", &st.Top[1].Prob, share},
				{"top sampled", &st.Top[1].SampledProb, share},
				{"rest", &st.Rest.Prob, share},
				{"mass", &st.Stages[0].MassRemoved, share},
				{"stage", &st.Stages[0].Entropy, bits},
				{"entropy", &st.Entropy, bits},
				{"surprisal", &st.Surprisal, news},
				{"logprob", &st.LogProb, log},
				{"cum", &st.CumLogProb, log},
			} {
				switch rapid.IntRange(0, 300).Draw(t, "change "+n.name) {
				case 177:
					*n.at = nonsense.Draw(t, n.name)
				default:
					if rapid.Bool().Draw(t, "edge "+n.name) {
						*n.at = n.from.Draw(t, n.name)
					}
				}
			}
			st.Rank = rapid.SampledFrom([]int{1, 0, -1, math.MaxInt, math.MinInt}).Draw(t, "rank")
		}
		orders := OrdersData{
			Order: []int{1, rapid.SampledFrom([]int{1, 2, 1000}).Draw(t, "order")}, TrueBits: bits.Draw(t, "bits"),
			Perplexity: [][]float64{{odd(1, math.NaN(), 1e300).Draw(t, "a"), odd(2, math.NaN(), -1, 1e9).Draw(t, "b")}},
		}
		odd := treeOf("x", share.Draw(t, "child"), share.Draw(t, "joint"))
		if rapid.IntRange(0, 9).Draw(t, "worse") == 0 {
			odd.Root.Children[0].Others.Joint = nonsense.Draw(t, "others")
		}
		for _, c := range Charts {
			f, err := c.Draw(Input{Traces: []*argen.Trace{tr}, Step: -1, Orders: orders, Tree: odd})
			if err != nil {
				continue
			}
			drawn++
			var b bytes.Buffer
			if err := Write(f, "svg", &b); err != nil {
				t.Fatal(err)
			}
			checkXML(t, c.Name, b.Bytes())
			if s := b.String(); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
				t.Errorf("%s has a place that is no number", c.Name)
			}
			if b.Len() > 1<<20 {
				t.Errorf("%s has %d bytes", c.Name, b.Len())
			}
		}
	})
	if drawn < 200 {
		t.Errorf("only %d figures were drawn, the others refused", drawn)
	}
}
