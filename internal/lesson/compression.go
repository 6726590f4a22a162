package lesson

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"argen"
	"argen/viz"
)

// compression: whoever predicts can compress. The coder's interval is as long as
// P(text), so its code has −log₂ P digits; a model that predicts worse needs
// more. That the text comes back unharmed is the control.
var compression = &Lesson{Name: "compression", Run: runCompression, Exercise: exerciseCompression}

func runCompression(ctx context.Context, lab *Lab, r *Record) error {
	n := 25
	if !lab.Story() {
		n = 4 // of which one is coded
	}
	texts, err := lab.Text(ctx, "compression", n)
	if err != nil {
		return err
	}
	if !lab.Story() {
		texts = texts[:1]
	}
	c := compressing{lab: lab, texts: texts}
	code, digits, err := c.encode(ctx)
	if err != nil {
		return err
	}
	lost, err := c.lost(ctx, code)
	if err != nil {
		return err
	}
	own, err := c.bits(ctx, lab.LM.Model, 1)
	if err != nil {
		return err
	}
	unsure, err := c.bits(ctx, lab.LM.Model, 2)
	if err != nil {
		return err
	}
	plain := c.plain()
	zipped, err := gzipped(plain)
	if err != nil {
		return err
	}
	raw, tokens := float64(8*len(plain)), float64(c.tokens())
	r.Facts["begin"] = argen.Visible(beginning(plain, 60))
	r.Exact("gain", float64(8*zipped)/float64(digits), Ratio)
	r.Exact("code", float64(digits), Count)
	r.Exact("surprisal", own, Other)
	r.Exact("over", float64(digits)-own, Bits)
	r.Exact("lost", float64(lost), Count)
	r.Exact("tokens", tokens, Count)
	r.Exact("raw", raw, Count)
	r.Exact("gzip", float64(8*zipped), Count)
	r.Exact("bits", own/tokens, Bits)
	r.Exact("worse", unsure/own, Ratio)
	r.Verdict("back", "lost", "<=", 0)
	r.Verdict("size", "over", "<=", 16)
	r.Verdict("gain", "gain", ">=", 1.5)
	r.Verdict("worse", "worse", ">=", 1.02)
	r.Answer = 1

	names := []string{r.Facts["model"], r.Word("unsure")}
	sizes := []float64{own, unsure}
	if lab.Story() {
		for _, ref := range []string{"truth", "story", "story-ngram", "story:100"} {
			if ref == lab.LM.Ref {
				continue
			}
			other, err := lab.Open(ctx, ref)
			if err != nil {
				return err
			}
			size, err := c.bits(ctx, other.Model, 1)
			if err != nil {
				return err
			}
			names, sizes = append(names, ref), append(sizes, size)
		}
	}
	names = append(names, r.Word("uniform"), "gzip", r.Word("raw"))
	sizes = append(sizes, tokens*math.Log2(float64(lab.LM.Model.Info().VocabSize)), float64(8*zipped), raw)
	var rows [][]Cell
	bars := viz.Values{}
	places := make([]int, len(sizes))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(sizes[a], sizes[b]) })
	var groups []string
	for _, i := range places {
		size := sizes[i]
		groups = append(groups, names[i])
		bars = append(bars, 8*size/raw)
		rows = append(rows, []Cell{
			{Text: names[i]},
			Number{Value: math.Ceil(size / 8), Unit: Count}.Cell(),
			Number{Value: 8 * size / raw, Unit: Bits}.Cell(),
		})
	}
	r.Table("sizes", []string{"by", "bytes", "per_byte"}, rows)
	r.Chart("bars", &viz.BarsData{
		Words:  viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		Y:      viz.Axis{Label: r.Word("y"), Unit: "bits"},
		Groups: groups,
		Series: []viz.Series{{Name: r.Word("per_byte"), Y: bars}},
	})
	return nil
}

// compressing is the coding of texts by the lab's model, each from its beginning.
type compressing struct {
	lab   *Lab
	texts [][]argen.ID
}

func (c *compressing) tokens() int {
	n := 0
	for _, ids := range c.texts {
		n += len(ids)
	}
	return n
}

// plain is the texts as they are read, a line each.
func (c *compressing) plain() string {
	var lines []string
	for _, ids := range c.texts {
		lines = append(lines, c.lab.LM.Tokenizer.Decode(ids))
	}
	return strings.Join(lines, "\n") + "\n"
}

// walk goes through the texts, one token after the other, as a decoder must: f is
// given the logits of each and returns it. Where a model has no token that begins
// a text, nothing predicts the first, and all are as probable as each other.
func (c *compressing) walk(ctx context.Context, f func(text, i int, logits []float64) (argen.ID, error)) error {
	done := 0
	bos := c.lab.LM.Model.Info().BOS
	for text, ids := range c.texts {
		state, logits := c.lab.LM.Model.Start(), make([]float64, c.lab.LM.Model.Info().VocabSize)
		if bos != argen.NoID {
			var err error
			if logits, err = state.Extend(ctx, bos); err != nil {
				return err
			}
		}
		for i := range ids {
			id, err := f(text, i, logits)
			if err != nil {
				return err
			}
			if i+1 < len(ids) {
				if logits, err = state.Extend(ctx, id); err != nil {
					return err
				}
			}
			done++
		}
		c.lab.done(done, c.tokens())
	}
	return nil
}

// encode codes the texts.
func (c *compressing) encode(ctx context.Context) (code []byte, digits int, err error) {
	e := newEncoder()
	err = c.walk(ctx, func(text, i int, logits []float64) (argen.ID, error) {
		id := c.texts[text][i]
		return id, e.add(logits, id)
	})
	e.end()
	return e.code, e.digits, err
}

// lost decodes the texts and returns how many tokens are others. What it goes on
// from is what it has decoded.
func (c *compressing) lost(ctx context.Context, code []byte) (lost int, err error) {
	d := newDecoder(code)
	err = c.walk(ctx, func(text, i int, logits []float64) (argen.ID, error) {
		id, err := d.token(logits)
		if id != c.texts[text][i] {
			lost++
		}
		return id, err
	})
	return lost, err
}

// bits is −log₂ P of the texts under a model with the lab's vocabulary, at a
// temperature: what a code by it costs.
func (c *compressing) bits(ctx context.Context, m argen.Model, temperature float64) (float64, error) {
	sum := 0.0
	for _, ids := range c.texts {
		t, err := c.lab.Read(ctx, m, ids)
		if err != nil {
			return 0, err
		}
		for i, logits := range t.Rows {
			for j := range logits {
				logits[j] /= temperature
			}
			logp, err := argen.LogProb(logits, t.IDs[t.Begin+i])
			if err != nil {
				return 0, err
			}
			sum -= logp / math.Ln2
		}
		sum += float64(len(ids)-len(t.Rows)) * math.Log2(float64(m.Info().VocabSize))
	}
	return sum, nil
}

// gzipped is how many bytes gzip makes of a text at its best.
func gzipped(text string) (int, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return b.Len(), nil
}

// beginning is a text cut after the last word that n characters hold.
func beginning(text string, n int) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) <= n {
		return string(runes)
	}
	cut := string(runes[:n])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + " …"
}

// exerciseCompression: each token has a probability that is a power of ½; how many
// bits does the text cost?
func exerciseCompression(_ context.Context, lab *Lab) (*Exercise, error) {
	dice := lab.Dice("exercise")
	say := func(key string, values map[string]string) string {
		return lab.Words.Say("lessons.compression.exercise."+key, values)
	}
	t := Table{Title: say("table", nil), Columns: []string{say("token", nil), "P"}}
	list := strings.Fields(say("text", nil))
	powers, bits := make([]int, len(list)), 0
	for { // something costs nothing, and not all that costs costs the same
		bits = 0
		for i := range powers {
			powers[i] = dice.IntN(6)
			bits += powers[i]
		}
		different := slices.Clone(powers)
		slices.Sort(different)
		if bits >= 4 && slices.Contains(powers, 0) && len(slices.Compact(different)) >= 3 {
			break
		}
	}
	var terms []string
	for i, word := range list {
		power := powers[i]
		terms = append(terms, strconv.Itoa(power))
		t.Rows = append(t.Rows, []Cell{{Text: word}, {Text: fraction(power)}})
	}
	return &Exercise{
		Lesson: "compression", Question: say("question", nil), Tables: []Table{t},
		Answer: Answer{Kind: "number", Number: float64(bits), Tolerance: 0.01},
		Solution: say("solution", map[string]string{
			"terms": strings.Join(terms, " + "), "bits": strconv.Itoa(bits), "p": fraction(bits),
		}),
	}, nil
}

// fraction is 2 to the power of −n as it is written by hand.
func fraction(n int) string {
	if n == 0 {
		return "1"
	}
	return fmt.Sprintf("1/%d", 1<<n)
}
