package sampler

import (
	"math"
	"math/bits"
	"sync"

	"argen"
)

// Watermark makes a text recognisable as written here: before each token a hash
// of the tokens before it divides the vocabulary into a green list and a red
// one, and Bias is added to the logits of the green. A text holds more green
// tokens than chance then, which [Watermark.Detect] finds without the model.
//
// The green list is the first ⌊Ratio·V⌋ of the vocabulary in the random order
// of a seed:
//
//	lefthash  seed = Key · id of the last token
//	selfhash  seed = min over the last Width tokens of Key · (h(id) + 1) · (h(last) + 1),
//	          the token to be drawn counted as the last
//
// With selfhash each of the 40 best candidates has a list of its own, and gets
// the bias if it is on it. Where fewer than Width tokens stand before, nothing
// changes. Bias 0 does nothing.
//
// It is transformers', down to its random numbers: h is a permutation of
// 1,000,003 numbers by the seed Key, made by torch.randperm. There a vocabulary
// of less than 40 fails with selfhash. The names are those of Kirchenbauer et
// al., A Watermark for Large Language Models, 2023: Ratio is γ, Bias is δ.
type Watermark struct {
	Ratio  float64 `json:"ratio"`  // share of the vocabulary that is green
	Bias   float64 `json:"bias"`   // added to the logits of green tokens
	Key    int     `json:"key"`    // the secret that the lists depend on
	Scheme string  `json:"scheme"` // lefthash or selfhash
	Width  int     `json:"width"`  // tokens of context; less than 1 is 1
}

const (
	leftHash = "lefthash"
	selfHash = "selfhash"
)

var watermarkSpec = Spec{
	Name: "watermark", Doc: "adds bias to the logits of a part of the vocabulary that a hash of the tokens before chooses, so that the text can be recognised: argen score --watermark",
	Group: Bans, Source: "Kirchenbauer et al. 2023; transformers",
	Params: []Param{
		{Name: "ratio", Flag: "watermark", Doc: "share of the vocabulary that is green", Default: 0.25, Off: None, Above: true, Most: 1},
		{Name: "bias", Flag: "watermark-bias", Doc: "added to the logits of green tokens", Default: 2, Off: 0, Least: math.Inf(-1), Most: math.Inf(1)},
		{Name: "key", Flag: "watermark-key", Kind: Int, Doc: "secret that the green lists depend on", Default: 15485863, Off: None, Most: 1<<53 - 1},
		{Name: "scheme", Flag: "watermark-scheme", Kind: Choice, Doc: "what is hashed: the token before, or the tokens up to the candidate itself", Words: []string{leftHash, selfHash}},
		{Name: "width", Flag: "watermark-width", Kind: Int, Doc: "tokens of context that must be there, and that selfhash hashes", Default: 1, Off: None, Least: 1, Most: math.MaxInt32},
	},
	New: func(a Args) (argen.Transform, error) {
		return Watermark{Ratio: a.Float(0), Bias: a.Float(1), Key: a.Int(2), Scheme: a.Text(3), Width: a.Int(4)}, nil
	},
}

// Name implements argen.Transform.
func (Watermark) Name() string { return "watermark" }

// String implements argen.Transform.
func (w Watermark) String() string {
	return word(w.Name(), w.Ratio, w.Bias, w.Key, w.Scheme, w.width())
}

// Apply implements argen.Transform.
func (w Watermark) Apply(c *argen.Candidates, past argen.Past) {
	if w.Bias == 0 || len(past.IDs) < w.width() {
		return
	}
	work := palettes.Get().(*palette)
	defer palettes.Put(work)
	if w.Scheme == selfHash {
		const most = 40 // as many as transformers tries
		work.ids = work.ids[:0]
		for _, id := range c.Top(most) {
			if work.green(w.hash(past.IDs, id), w.size(c.VocabSize()), c.VocabSize(), id) {
				work.ids = append(work.ids, id)
			}
		}
		for _, id := range work.ids {
			c.Set(id, c.Logit(id)+w.Bias)
		}
		return
	}
	is := work.all(w.hash(past.IDs, argen.NoID), w.size(c.VocabSize()), c.VocabSize())
	c.Map(func(id argen.ID, l float64) float64 {
		if is[id] {
			return l + w.Bias
		}
		return l
	})
}

// width is how many tokens must stand before.
func (w Watermark) width() int { return max(w.Width, 1) }

// size is the number of green tokens.
func (w Watermark) size(v int) int { return int(float64(v) * w.Ratio) }

// hash is the seed of the green list for the token id after others; lefthash
// has the same for all.
func (w Watermark) hash(before []argen.ID, id argen.ID) uint32 {
	if w.Scheme != selfHash {
		high, low := bits.Mul64(uint64(w.Key), uint64(before[len(before)-1]))
		return uint32(bits.Rem64(high, low, math.MaxUint64))
	}
	table := hashTable(uint32(w.Key))
	h := func(id argen.ID) int64 { return int64(table[id%hashes]) + 1 }
	seed := int64(w.Key) * h(id) * h(id) // it wraps around, as torch has it
	for _, other := range before[len(before)-w.width()+1:] {
		seed = min(seed, int64(w.Key)*h(other)*h(id))
	}
	if seed < 0 {
		seed-- // modulo 2⁶⁴ − 1
	}
	return uint32(seed)
}

// hashes is the size of the table that selfhash looks ids up in.
const hashes = 1_000_003

// lastTable is the table that was used last: to make one takes some time.
var lastTable struct {
	sync.Mutex
	key   uint32
	table []int32
}

// hashTable is the table of a key.
func hashTable(key uint32) []int32 {
	lastTable.Lock()
	defer lastTable.Unlock()
	if lastTable.table == nil || lastTable.key != key {
		lastTable.key, lastTable.table = key, new(mt19937).permutation(nil, key, hashes, hashes)
	}
	return lastTable.table
}

// A palette is the work space that green lists are made in.
type palette struct {
	random mt19937
	order  []int32
	is     []bool // by id
	ids    []argen.ID
}

var palettes = sync.Pool{New: func() any { return new(palette) }}

// all says of each id of a vocabulary of v whether it is among the first size
// in the order of a seed.
func (p *palette) all(seed uint32, size, v int) []bool {
	p.order = p.random.permutation(p.order, seed, v, size)
	p.is = append(p.is[:0], make([]bool, v)...)
	for _, id := range p.order {
		p.is[id] = true
	}
	return p.is
}

// green says so of one id. It follows that one alone: as long as it has no
// place among the first, each step leaves it where it is or swaps it away.
func (p *palette) green(seed uint32, size, v int, id argen.ID) bool {
	p.random.seed(seed)
	at := int(id)
	for i := range min(size, v-1) {
		switch k := i + int(p.random.uint32()%uint32(v-i)); at {
		case k:
			return true
		case i:
			at = k
		}
	}
	return at < size
}
