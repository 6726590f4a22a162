package lesson

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"argen"
	"argen/model/ngram"
	"argen/model/story"
	"argen/viz"
)

// quizContext: the same model predicts the same tokens from the last k tokens
// before them alone. If it did not use what came before, k would not matter; nor
// does it where there is nothing to be known: for a source without memory.
var quizContext = &Lesson{Name: "quiz-context", Run: runQuizContext, Exercise: exerciseQuizContext}

const (
	contextBlocks = 64 // stretches of text, each with
	contextPlaces = 8  // tokens that are predicted
	contextMost   = 64 // tokens before them
	contextFew    = 2  // tokens that this is compared with: one alone is foreign to a model
	countedOrder  = 5  // of the n-grams that are counted now
	countedTexts  = 2000
)

// contextLengths are the k.
var contextLengths = []int{0, 1, contextFew, 4, 8, 16, 32, contextMost}

// shuffledLengths are those at which the last k tokens are shuffled too.
var shuffledLengths = []int{4, 16, contextMost}

func runQuizContext(ctx context.Context, lab *Lab, r *Record) error {
	reader := lab.LM
	if reader.Model.Info().Kind == "grammar" {
		// It derives a text from its beginning: to a rest it gives no probability.
		var err error
		if reader, err = lab.Open(ctx, "story"); err != nil {
			return err
		}
	}
	texts, err := lab.contextTexts(ctx)
	if err != nil {
		return err
	}
	places, err := placesIn(texts)
	if err != nil {
		return err
	}
	lengths := contextLengths
	if reader.Model.Info().BOS == argen.NoID {
		lengths = lengths[1:] // nothing to predict from
	}
	n := len(places)
	all := n * (len(lengths) + len(shuffledLengths))
	cut, mixed := map[int][]float64{}, map[int][]float64{}
	for i, k := range lengths {
		if cut[k], err = lab.part(i*n, all).bitsAfter(ctx, reader.Model, places, k, nil); err != nil {
			return err
		}
	}
	for i, k := range shuffledLengths {
		if mixed[k], err = lab.part((len(lengths)+i)*n, all).bitsAfter(ctx, reader.Model, places, k, lab.Dice("shuffle")); err != nil {
			return err
		}
	}
	tales, err := lab.countTexts(ctx, false)
	if err != nil {
		return err
	}
	bag, err := lab.countTexts(ctx, true)
	if err != nil {
		return err
	}
	estimate := func(name string, values []float64) {
		r.Estimate(name, lab.Mean(byBlock(values)), len(values), Bits)
	}
	r.Facts["reader"] = argen.Visible(reader.Ref)
	estimate("gain", minus(cut[contextFew], cut[contextMost]))
	estimate("short", cut[contextFew])
	estimate("long", cut[contextMost])
	estimate("shuffled", mixed[contextMost])
	estimate("order", minus(mixed[contextMost], cut[contextMost]))
	r.Exact("few", contextFew, Count)
	r.Exact("most", contextMost, Count)
	estimate("memory", minus(tales.alone, tales.bits[countedOrder-1]))
	estimate("no_memory", minus(bag.alone, bag.bits[countedOrder-1]))
	r.Exact("sight", countedOrder-1, Count)
	r.Exact("flat", max(tales.flat, bag.flat), Error)
	r.Verdict("gain", "gain", ">=", .5)
	r.Verdict("order", "order", ">=", .2)
	r.Verdict("memory", "memory", ">=", 1)
	r.Verdict("no_memory", "no_memory", "<=", .05)
	r.Verdict("flat", "flat", "<=", 1e-9)
	switch {
	case lab.Mean(minus(cut[contextFew], cut[contextMost])).Mean < .1:
		r.Answer = 0
	case lab.Mean(minus(cut[8], cut[contextMost])).Mean < .1:
		r.Answer = 1
	default:
		r.Answer = 2
	}
	var levels []viz.Level
	if lab.Story() {
		floor, err := floor(ctx, places)
		if err != nil {
			return err
		}
		levels = append(levels, viz.Level{Name: r.Word("truth"), Y: lab.Mean(byBlock(floor)).Mean})
	}
	var series []viz.Series
	columns := []string{"k"}
	rows := make([][]Cell, len(lengths))
	for i, k := range lengths {
		rows[i] = []Cell{Number{Value: float64(k), Unit: Count}.Cell()}
	}
	for _, c := range []struct {
		word string
		bits map[int][]float64
	}{{"whole", cut}, {"mixed", mixed}, {"tales", tales.bits}, {"bag", bag.bits}} {
		line := viz.Series{Name: r.Word(c.word)}
		for i, k := range lengths {
			cell := Cell{Text: "–"}
			if bits, ok := c.bits[k]; ok {
				e := lab.Mean(byBlock(bits))
				cell = e.number("", len(bits), Bits).Cell()
				if k > 0 {
					point(&line, float64(k), e)
				}
			}
			rows[i] = append(rows[i], cell)
		}
		if columns = append(columns, c.word); c.word != "mixed" { // far above all others
			series = append(series, line)
		}
	}
	r.Table("table", columns, rows)
	r.Chart("context", &viz.CurvesData{
		Words: viz.Words{Title: r.Word("chart"), Caption: r.Word("caption")},
		X:     viz.Axis{Label: r.Word("k"), Log: true}, Y: viz.Axis{Label: r.Word("y"), Unit: "bits"},
		Series: series, Levels: levels,
	})
	return nil
}

// A place is a token of a text that is to be predicted.
type place struct {
	text []argen.ID
	at   int
}

// contextTexts are texts with room for all places: many stories, or one other.
func (l *Lab) contextTexts(ctx context.Context) ([][]argen.ID, error) {
	if l.Story() {
		return l.Text(ctx, "context", 2*contextBlocks)
	}
	return l.Text(ctx, "context", 1)
}

// placesIn spreads the places over texts, each with enough tokens before it: those
// of a block are neighbours, in a text of their own if there are enough of them.
func placesIn(texts [][]argen.ID) ([]place, error) {
	blocks := contextBlocks
	if len(texts) == 1 {
		blocks = 1
	}
	n := contextBlocks / blocks * contextPlaces
	var places []place
	for _, ids := range texts {
		room := len(ids) - contextMost
		if room < n || len(places) == contextBlocks*contextPlaces {
			continue
		}
		for i := range n {
			places = append(places, place{ids, contextMost + room*i/n})
		}
	}
	if len(places) < contextBlocks*contextPlaces {
		return nil, fmt.Errorf("the texts have %d tokens with %d before them, which is too few: there must be %d", len(places), contextMost, contextBlocks*contextPlaces)
	}
	return places, nil
}

// byBlock are the means of the blocks: neighbours are alike, and an interval of
// all places taken for themselves would be too narrow.
func byBlock(values []float64) []float64 {
	var means []float64
	for ; len(values) > 0; values = values[contextPlaces:] {
		sum := 0.0
		for _, v := range values[:contextPlaces] {
			sum += v
		}
		means = append(means, sum/contextPlaces)
	}
	return means
}

// bitsAfter are −log₂ P(token | the last k tokens before it) at places, the k
// tokens in an order by dice if there are such. The context begins with the token
// that begins a text only where k is 0: what was cut off began otherwise.
func (l *Lab) bitsAfter(ctx context.Context, m argen.Model, places []place, k int, dice *rand.Rand) ([]float64, error) {
	contexts := make([][]argen.ID, len(places))
	for i, p := range places {
		contexts[i] = slices.Clone(p.text[p.at-k : p.at])
		if dice != nil {
			dice.Shuffle(k, func(a, b int) { contexts[i][a], contexts[i][b] = contexts[i][b], contexts[i][a] })
		}
		if k == 0 {
			contexts[i] = []argen.ID{m.Info().BOS}
		}
	}
	bits := make([]float64, len(places))
	err := l.each(ctx, len(places), func(i int) error {
		logits, err := m.Start().Extend(ctx, contexts[i]...)
		if err != nil {
			return err
		}
		p, err := argen.LogProb(logits, places[i].text[places[i].at])
		if math.IsInf(p, -1) {
			err = fmt.Errorf("the model %s holds a token of the text impossible: give it a smoothing that leaves nothing impossible", argen.Visible(l.LM.Ref))
		}
		bits[i] = -p / math.Ln2
		return err
	})
	return bits, err
}

// floor are the bits of the grammar itself, which sees all of the story.
func floor(ctx context.Context, places []place) ([]float64, error) {
	bits := make([]float64, len(places))
	for i, p := range places {
		logits, err := story.Truth().Start().Extend(ctx, p.text[:p.at]...)
		if err != nil {
			return nil, err
		}
		bits[i] = -logits[p.text[p.at]] / math.Ln2
	}
	return bits, nil
}

// A counted is how n-grams that were counted now predict texts of their source.
type counted struct {
	bits  map[int][]float64 // by the tokens of context
	alone []float64         // of single words: n-grams of order 1
	flat  float64           // the most that more tokens than an n-gram sees change
}

// countTexts counts n-grams on stories, or on as many of their words drawn one by one
// from all of them, and predicts words of fresh ones.
func (l *Lab) countTexts(ctx context.Context, drawn bool) (*counted, error) {
	train, err := l.Stories(ctx, "counted", countedTexts)
	if err != nil {
		return nil, err
	}
	test, err := l.Stories(ctx, "predicted", 2*contextBlocks)
	if err != nil {
		return nil, err
	}
	if drawn {
		var words []argen.ID
		for _, s := range train {
			words = append(words, s[:len(s)-1]...)
		}
		dice := l.Dice("memoryless")
		for _, s := range slices.Concat(train, test) {
			for i := range s {
				s[i] = words[dice.IntN(len(words))]
			}
		}
	}
	places, err := placesIn(test)
	if err != nil {
		return nil, err
	}
	sentences := func(yield func([]argen.ID, error) bool) {
		for _, s := range train {
			if !yield(s[:len(s)-1], nil) {
				return
			}
		}
	}
	c := &counted{}
	vocab := ngram.Vocab{Words: story.Default().Vocab(), BOS: story.BOS, EOS: story.EOS, Unk: argen.NoID}
	predict := func(o ngram.Options) (map[int][]float64, error) {
		m, _, err := ngram.Train(ctx, sentences, vocab, o)
		if err != nil {
			return nil, err
		}
		bits := map[int][]float64{}
		for _, k := range contextLengths {
			if bits[k], err = l.quiet().bitsAfter(ctx, m, places, k, nil); err != nil {
				return nil, err
			}
			if k < o.Order {
				continue
			}
			for i, b := range bits[k] {
				c.flat = max(c.flat, math.Abs(b-bits[o.Order-1][i]))
			}
		}
		return bits, nil
	}
	// Kneser-Ney asks how many words a word was seen after, which is nothing to ask
	// of single words.
	single, err := predict(ngram.Options{Order: 1, Smoothing: ngram.WittenBell})
	if err != nil {
		return nil, err
	}
	c.alone = single[0]
	c.bits, err = predict(ngram.Options{Order: countedOrder})
	return c, err
}
