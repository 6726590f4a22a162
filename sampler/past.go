package sampler

import (
	"math"
	"slices"
	"strings"
	"sync"

	"argen"
)

// The words for the part of a text that a stage counts.
const (
	wholeText     = "context"   // prompt and generated text
	generatedText = "generated" // without the prompt
)

// partParam is the parameter by which a stage counts only a part of the text.
func partParam(words ...string) Param {
	return Param{
		Name: "part", Kind: Choice, Words: words,
		Doc: "what counts, context with the prompt or generated without it",
	}
}

// openAIPart is what counts for the penalties that OpenAI has.
func openAIPart() Param {
	p := partParam(wholeText, generatedText)
	p.By = map[Semantics]Value{"openai": {Text: generatedText}}
	return p
}

// lastParam is the window of the penalties, which share its flag.
var lastParam = Param{
	Name: "last_n", Flag: "penalty-last-n", Shared: true, Kind: Int, Default: 64, Off: None, Least: -1, Most: math.MaxInt32,
	Doc: "how many of the last tokens the penalties of repetition, frequency and presence look at, -1 all",
	By:  map[Semantics]Value{"hf": {Number: -1}, "textgen": {Number: 1024}, "exllama": {Number: -1}, "openai": {Number: -1}},
}

// part is the part of a text that counts, by its name.
func part(past argen.Past, name string) []argen.ID {
	if name == generatedText {
		return past.IDs[min(past.Prompt, len(past.IDs)):]
	}
	return past.IDs
}

// last are the last n of ids, all if n is negative.
func last(ids []argen.ID, n int) []argen.ID {
	if n < 0 {
		return ids
	}
	return ids[max(0, len(ids)-n):]
}

// A notebook is work space for stages that look at the past. Stages do not
// change, so they take one while they work and give it back.
type notebook struct {
	counts []int32    // by ID; 0 but for the tokens in seen
	seen   []argen.ID // in order of their first count
	equal  []int32    // see repeats
}

var notebooks = sync.Pool{New: func() any { return &notebook{} }}

// takeNotebook returns an empty one for a vocabulary.
func takeNotebook(vocabSize int) *notebook {
	n := notebooks.Get().(*notebook)
	if len(n.counts) < vocabSize {
		n.counts = make([]int32, vocabSize)
	}
	return n
}

// give hands it back.
func (n *notebook) give() {
	for _, id := range n.seen {
		n.counts[id] = 0
	}
	n.seen = n.seen[:0]
	notebooks.Put(n)
}

// count counts tokens; those that are not in the vocabulary are left out.
func (n *notebook) count(ids []argen.ID) {
	for _, id := range ids {
		n.raise(id, n.of(id)+1)
	}
}

// raise makes the count of a token at least k.
func (n *notebook) raise(id argen.ID, k int32) {
	if id < 0 || int(id) >= len(n.counts) || n.counts[id] >= k {
		return
	}
	if n.counts[id] == 0 {
		n.seen = append(n.seen, id)
	}
	n.counts[id] = k
}

// of is the count of a token.
func (n *notebook) of(id argen.ID) int32 {
	if id < 0 || int(id) >= len(n.counts) {
		return 0
	}
	return n.counts[id]
}

// change gives every candidate that was counted a new logit.
func (n *notebook) change(c *argen.Candidates, f func(logit float64, count int32) float64) {
	for _, id := range n.seen {
		if c.Has(id) {
			c.Set(id, f(c.Logit(id), n.counts[id]))
		}
	}
}

// penalise gives every candidate that stands among ids a new logit, by how often
// it does.
func penalise(c *argen.Candidates, ids []argen.ID, f func(logit float64, count int32) float64) {
	n := takeNotebook(c.VocabSize())
	defer n.give()
	n.count(ids)
	n.change(c, f)
}

// repeats returns, for every k with 1 ≤ k < len(ids), how many tokens at the
// end of ids stand also k tokens earlier: the length of the longest common
// suffix of ids and ids[:len(ids)-k]. If ids go on as they did then, the next
// token is ids[len(ids)-k].
//
// It is the Z-algorithm, read backwards: [left, right) is where the match that
// reaches furthest stands, so that each token is compared once only and the
// time is linear. Gusfield, Algorithms on Strings, Trees, and Sequences, 1997.
func (n *notebook) repeats(ids []argen.ID) []int32 {
	m := len(ids)
	equal := slices.Grow(n.equal[:0], m)[:m]
	n.equal = equal
	left, right := 0, 0
	for k := 1; k < m; k++ {
		same := 0
		if k < right {
			same = min(int(equal[k-left]), right-k)
		}
		for k+same < m && ids[m-1-same] == ids[m-1-k-same] {
			same++
		}
		equal[k] = int32(same)
		if k+same > right {
			left, right = k, k+same
		}
	}
	return equal
}

// shown is the text of tokens as a reason has it, cut where it is long; their
// ids where they have no text.
func shown(t argen.Tokenizer, ids ...argen.ID) string {
	text := ""
	if t != nil {
		text = t.Decode(ids)
		if len(ids) == 1 && text == "" {
			text = string(t.Piece(ids[0]))
		}
	}
	if text == "" {
		var b strings.Builder
		for i, id := range ids {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString("#" + number(float64(id)))
		}
		text = b.String()
	}
	return short(text)
}

// short is text as a reason has it: in quotes, cut where it is long.
func short(text string) string {
	const most = 48
	quoted := []rune(quote(text))
	if len(quoted) > most {
		quoted = append(quoted[:most], '…')
	}
	return string(quoted)
}
