package main

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"argen"
	"argen/internal/golden"
	"argen/model/story"
	"argen/model/transformer/train"
	"argen/viz"
)

// screenAfter is a screen of a training at some step.
func screenAfter(steps int) *trainingScreen {
	floor, sure, never := number(0.57), number(1), number(0)
	h := &trainingHead{
		Parameters: 398304, Shape: train.Config{VocabSize: 686}, Tokenizer: "story", Floor: &floor, what: "new stories",
		Options: train.Options{Steps: 4000, Seed: 7, Optimizer: train.Muon}, prompt: "On Sunday, Mia and Omar met in the park. “Omar, have you seen my red kite?” asked",
	}
	now := time.Unix(0, 0)
	s := newTrainingScreen(h, func() time.Time { return now })
	for i := 1; i <= steps; i++ {
		bits := 0.6 + 9*math.Exp(-float64(i)/400)
		n := &trainingNews{Step: i, Tokens: int64(930 * i), Bits: number(bits)}
		if i%200 == 0 {
			held, excess := number(bits+0.05), number((bits+0.05)/0.57-1)
			text := "One morning, Ravi the gardener was in the park. It was a secret in the market,\nand Yuki met Mia on the market. Soon Omar came by and built a small raft of wood and cloth, and there was the red kite! “What a good day,” said Omar."
			n.ValidationBits, n.Excess, n.Sample, n.Checkpoint = &held, &excess, &text, "x"
			n.Next = []nextToken{{"Mia", 0.71, &sure}, {"Omar", 0.2, &never}, {"\x1b[2J", 0.01, nil}}
			for _, k := range []string{"wording", "punctuation", "name", "closing quote", "agreement", "place", "object", "container", "a kind with a long name", "color"} {
				n.Recall = append(n.Recall, story.Recall{Kind: k, Prob: 1 - bits/10, Count: 10})
			}
		}
		s.step(n)
		now = now.Add(30 * time.Millisecond)
	}
	return s
}

func TestTrainingScreen(t *testing.T) {
	s := screenAfter(1400)
	for name, size := range map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}, "60x12": {60, 12}} {
		s.w, s.h = size[0], size[1]
		lines := strings.Split(ansi.Strip(s.String()), "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " ")
		}
		golden.String(t, "training/"+name+".txt", strings.Join(lines, "\n")+"\n")
	}
}

// What a training by verdicts learns from has no targets, and so no loss.
func TestTrainingScreenOfVerdicts(t *testing.T) {
	s := screenAfter(200)
	s.step(&trainingNews{Step: 201, Bits: 0.5, Verdicts: &verdictNews{0.25, 100, 0.9}})
	text := ansi.Strip(s.String())
	if !strings.Contains(text, "its own stories 0.500 ") || !strings.Contains(text, "25.0 % flawless") || strings.Contains(text, "loss") {
		t.Errorf("got\n%s", text)
	}
}

// Whatever the size of the terminal, the screen fits in.
func TestTrainingScreenFits(t *testing.T) {
	young, old := screenAfter(1), screenAfter(700)
	empty := newTrainingScreen(young.head, time.Now)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]*trainingScreen{empty, young, old}).Draw(t, "screen")
		s.w, s.h = rapid.IntRange(0, 200).Draw(t, "w"), rapid.IntRange(0, 80).Draw(t, "h")
		s.over = rapid.Bool().Draw(t, "over")
		lines := strings.Split(s.String(), "\n")
		if len(lines) > max(s.h-1, 1) {
			t.Fatalf("%d lines in %d", len(lines), s.h)
		}
		for _, line := range lines {
			if w := ansi.StringWidth(line); w > max(s.w-1, 20) {
				t.Fatalf("%d cells in %d: %q", w, s.w, line)
			}
			if strings.Contains(ansi.Strip(line), "\x1b") {
				t.Fatalf("%q", line)
			}
		}
	})
}

// A curve that is not a number, or is nothing yet, is drawn as nothing.
func TestLossChart(t *testing.T) {
	st := stylesFor(true)
	c := lossChart{steps: 10}
	for _, bits := range []float64{math.NaN(), math.Inf(1), 0} {
		c.add(&trainingNews{Step: 1, Bits: number(bits)})
		if lines := c.lines(40, 5, &st); len(lines) != 5 || strings.ContainsAny(strings.Join(lines, ""), "⠉●") {
			t.Errorf("%v: %q", bits, lines)
		}
	}
	c = lossChart{steps: 1, floor: 2}
	bits := number(4)
	c.add(&trainingNews{Step: 1, Bits: 8, ValidationBits: &bits})
	text := ansi.Strip(strings.Join(c.lines(17, 5, &st), "\n"))
	if want := "   8.2 ⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉"; !strings.Contains(text, "8.2 ") || !strings.Contains(text, "●") || !strings.Contains(text, "2.00 ┄") {
		t.Errorf("got\n%s\nwant like\n%s", text, want)
	}
}

// The token that is right is shown, however unlikely it still is.
func TestTopNext(t *testing.T) {
	sure, never := number(1), number(0)
	next := []nextToken{{"Omar", 0.2, &never}, {"Kofi", 0.1, &never}, {",", 0.1, &never}, {"Mia", 0.01, &sure}}
	for rows, want := range map[int]string{1: "Mia", 2: "Omar Mia", 3: "Omar Kofi Mia", 4: "Omar Kofi , Mia", 9: "Omar Kofi , Mia"} {
		var got []string
		for _, n := range topNext(next, rows) {
			got = append(got, n.Token)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%d rows: %s, want %s", rows, text, want)
		}
	}
	if got := topNext([]nextToken{{"a", 0.5, nil}, {"b", 0.2, nil}}, 1); got[0].Token != "a" {
		t.Errorf("nothing is known of the truth, and the first is %q", got[0].Token)
	}
}

func TestProbBar(t *testing.T) {
	for p, want := range map[float64]string{0: "    ", 1: "████", 0.5: "██  ", 0.28125: "█▏  ", 2: "████", -1: "    ", 0.99: "████"} {
		if got := probBar(p, 4); got != want {
			t.Errorf("%v: %q, want %q", p, got, want)
		}
	}
}

// A training that goes on shows what was measured before, and no speed yet.
func TestTrainingScreenGoesOn(t *testing.T) {
	h := *screenAfter(1).head
	h.From = 250
	nan := math.NaN()
	for i := 1; i <= 250; i++ {
		h.past = append(h.past, viz.LearningStep{Step: i, Bits: 9 / float64(i), Validation: nan})
	}
	h.past[199].Validation, h.past[199].Recall = 1.14, []viz.Recall{{Kind: "na\x1bme", Prob: 0.5, Count: 3}}
	s := newTrainingScreen(&h, time.Now)
	text := ansi.Strip(s.String())
	for _, want := range []string{" step 250 of 4,000", "● held out 1.140 (+100.0 %) at step 200  ┄ floor 0.570", `na\x1bme`, "⢸"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, none := range []string{"loss", "tokens/s", "P after", "P of the token"} {
		if strings.Contains(text, none) {
			t.Errorf("%q in\n%s", none, text)
		}
	}
	s.step(&trainingNews{Step: 251, Bits: 1.5})
	if text := ansi.Strip(s.String()); !strings.Contains(text, "loss 1.500  ● held out 1.140 (+100.0 %) at step 200") {
		t.Errorf("after a step\n%s", text)
	}
	h.past = []viz.LearningStep{{Step: 200, Bits: nan, Validation: 1.14}} // of the checkpoint alone
	text = ansi.Strip(newTrainingScreen(&h, time.Now).String())
	if !strings.Contains(text, "● held out 1.140 (+100.0 %) at step 200") || strings.ContainsAny(text, "⢸⠉") {
		t.Errorf("got\n%s", text)
	}
}

// The usual prompt and what it asks for fit on a line, and the grammar knows
// one answer only.
func TestStoryPrompt(t *testing.T) {
	ids, err := storyTokenizer().Encode(storyPrompt)
	if err != nil {
		t.Fatal(err)
	}
	truth, err := story.Truth().Start().Extend(t.Context(), ids...)
	if err != nil {
		t.Fatal(err)
	}
	right := argen.ID(slices.Index(truth, slices.Max(truth)))
	if got := string(storyTokenizer().Piece(right)); got != "hay" || truth[right] != 0 {
		t.Errorf("%q with a logarithm of %v", got, truth[right])
	}
	s := screenAfter(200)
	s.head.prompt = storyPrompt
	if line := ansi.Strip(s.nextLines(79, 3)[0]); line != "P of the token after “"+storyPrompt+"”" {
		t.Errorf("%q", line)
	}
	if line := ansi.Strip(s.nextLines(59, 3)[0]); line != "P after “…Sam were walking to the farm. The air smelled of”" {
		t.Errorf("%q", line)
	}
}

func TestLastWords(t *testing.T) {
	for _, c := range []struct {
		text string
		w    int
		want string
	}{
		{"one two", 7, "one two"},
		{"one two three", 10, "…two three"},
		{"one two three", 9, "…three"},
		{"one two three", 4, "…ree"},
		{"日本 日本", 6, "…日本"},
		{"one", 1, "…"},
		{"one", -3, "…"},
		{"", 0, ""},
	} {
		if got := lastWords(c.text, c.w); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.w, got, c.want)
		}
	}
}

func TestWrapRows(t *testing.T) {
	const text = "model         48,736 weights: hidden 32, 2 layers, 4 heads, feed-forward 96\nseed          7\n"
	const want = "model         48,736 weights: hidden 32,\n              2 layers, 4 heads,\n              feed-forward 96\nseed          7\n"
	if got := wrapRows(text, 40); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := wrapRows(text, 80); got != text {
		t.Errorf("got\n%s", got)
	}
}
