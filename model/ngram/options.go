package ngram

import (
	"fmt"
	"math"
	"strings"
)

// Limits of this package.
const (
	// MaxTrainOrder is the longest n-gram [Train] counts.
	MaxTrainOrder = 9
	// MaxOrder is the longest n-gram a file may hold.
	MaxOrder = 16

	maxVocab = 1 << 24 // words, so that a slot of the index can tell n-grams apart
)

// Smoothing says how counts become probabilities.
type Smoothing string

// The smoothings. c(hw) is the count of the n-gram hw, c(h) the sum of c(hw)
// over all w, h′ the context without its first token, and V the number of
// tokens that can be predicted.
const (
	// KneserNey is interpolated modified Kneser–Ney: absolute discounts by
	// count, and lower orders that count contexts instead of occurrences. Chen
	// and Goodman, An Empirical Study of Smoothing Techniques for Language
	// Modeling, 1999; computed as KenLM's lmplz does.
	KneserNey Smoothing = "kneser-ney"
	// WittenBell is P = (c(hw) + T(h) P(w|h′)) / (c(h) + T(h)), where T(h) is
	// the number of different tokens seen after h. Witten and Bell, 1991.
	WittenBell Smoothing = "witten-bell"
	// AddK is P = (c(hw) + k) / (c(h) + kV) with the longest context h seen in
	// training. (A textbook keeps h at n-1 tokens; there an unseen h gives 1/V.)
	AddK Smoothing = "add-k"
	// StupidBackoff is S = c(hw)/c(h), or 0.4 S(w|h′) if that is zero: scores,
	// not probabilities. A State's logits are normalised over the vocabulary,
	// Score gives S itself. Brants et al., Large Language Models in Machine
	// Translation, 2007.
	StupidBackoff Smoothing = "stupid-backoff"
	// MaximumLikelihood is P = c(hw)/c(h) with the longest context h seen in
	// training: what was not seen after h is impossible.
	MaximumLikelihood Smoothing = "maximum-likelihood"
)

// Smoothings are all of them, the default first.
var Smoothings = []Smoothing{KneserNey, WittenBell, AddK, StupidBackoff, MaximumLikelihood}

// Options of [Train]. The zero value trains a trigram model with Kneser–Ney
// smoothing.
type Options struct {
	// Order is n, 1 to MaxTrainOrder; 0 means 3.
	Order int
	// Smoothing is KneserNey if empty.
	Smoothing Smoothing
	// K is the k of AddK, above 0; 0 means 1 (Laplace).
	K float64
	// Prune drops the n-grams of order i+1 that were seen Prune[i] times or
	// fewer; the last value holds for all longer ones. As in lmplz, values must
	// not fall and unigrams are kept, so Prune[0] is 0.
	Prune []int
	// Memory is how many bytes counting may use before it goes on in sorted
	// runs on disk; 0 means 1 GiB. The result is the same bit for bit. The
	// n-grams themselves must fit in memory.
	Memory int64
	// TempDir is where the runs go; "" means [os.TempDir].
	TempDir string
	// KeepCounts keeps how often each n-gram was seen, for Explain.
	KeepCounts bool
	// KeepText keeps the training text, for Explain to show where an n-gram
	// was seen.
	KeepText bool
	// Progress, if set, is told how far training is, from one goroutine.
	Progress func(Progress)
}

// Progress is a moment of training.
type Progress struct {
	Stage  string // "counting", "sorting", "smoothing"
	Tokens int64  // read so far
}

// A Report says what training saw and made.
type Report struct {
	Sentences int64 `json:"sentences"`
	Tokens    int64 `json:"tokens"` // predicted: words and ends of sentences
	Types     int   `json:"types"`  // size of the vocabulary
	// NGrams are the n-grams of each order in the model, Pruned those dropped.
	NGrams []int `json:"ngrams"`
	Pruned []int `json:"pruned,omitempty"`
	// Discounts of each order, for Kneser–Ney.
	Discounts []Discount `json:"discounts,omitempty"`
	Runs      int        `json:"runs"`            // sorted runs on disk, 0 if all was in memory
	Notes     []string   `json:"notes,omitempty"` // what the user should know
}

// Discount is what Kneser–Ney takes from a count of 1, 2, and 3 or more.
type Discount struct {
	D1       float64 `json:"d1"`
	D2       float64 `json:"d2"`
	D3       float64 `json:"d3"`
	Fallback bool    `json:"fallback,omitempty"` // could not be estimated
}

// of is what is taken from the count c.
func (d *Discount) of(c uint32) float64 {
	switch c {
	case 0:
		return 0
	case 1:
		return d.D1
	case 2:
		return d.D2
	}
	return d.D3
}

// complete returns o with defaults filled in and Prune extended to all orders.
func (o Options) complete() (Options, error) {
	if o.Order == 0 {
		o.Order = 3
	}
	if o.Order < 1 || o.Order > MaxTrainOrder {
		return o, fmt.Errorf("ngram: order %d: choose 1 to %d", o.Order, MaxTrainOrder)
	}
	if o.Smoothing == "" {
		o.Smoothing = KneserNey
	}
	if !known(o.Smoothing) {
		return o, fmt.Errorf("ngram: smoothing %q: choose one of %s", o.Smoothing, list(Smoothings))
	}
	if o.K == 0 {
		o.K = 1
	}
	if o.Smoothing == AddK && !(o.K > 0 && o.K <= math.MaxFloat32) {
		return o, fmt.Errorf("ngram: k = %g: add-k needs a finite k above 0", o.K)
	}
	if o.Memory < 0 {
		return o, fmt.Errorf("ngram: memory of %d bytes: give 0 (1 GiB) or more", o.Memory)
	}
	if o.Memory == 0 {
		o.Memory = 1 << 30
	}
	return o, o.completePrune()
}

func (o *Options) completePrune() error {
	full := make([]int, o.Order)
	if len(o.Prune) > o.Order {
		return fmt.Errorf("ngram: %d pruning thresholds for order %d", len(o.Prune), o.Order)
	}
	last := 0
	for i := range full {
		if i < len(o.Prune) {
			if i == 0 && o.Prune[0] != 0 {
				return fmt.Errorf("ngram: pruning threshold %d for unigrams: it must be 0", o.Prune[0])
			}
			if o.Prune[i] < last {
				return fmt.Errorf("ngram: pruning threshold %d of order %d is below %d of order %d: they must not fall", o.Prune[i], i+1, last, i)
			}
			last = o.Prune[i]
		}
		full[i] = last
	}
	if last > 0 && o.Smoothing != KneserNey && o.Smoothing != WittenBell {
		return fmt.Errorf("ngram: pruning needs an interpolated smoothing, %s or %s, not %s", KneserNey, WittenBell, o.Smoothing)
	}
	o.Prune = full
	return nil
}

func known(s Smoothing) bool {
	for _, t := range Smoothings {
		if s == t {
			return true
		}
	}
	return false
}

func list(s []Smoothing) string {
	names := make([]string, len(s))
	for i := range s {
		names[i] = string(s[i])
	}
	return strings.Join(names, ", ")
}
