package train

import (
	"fmt"
	"math"
)

// An Optimizer turns gradients into steps of the weights.
type Optimizer string

// The optimizers.
const (
	// Muon orthogonalises the momentum of the matrices inside the blocks;
	// embedding and norms are AdamW's. It needs about half the time of AdamW.
	// Jordan et al., Muon: An Optimizer for Hidden Layers in Neural Networks, 2024.
	Muon Optimizer = "muon"
	// AdamW is Adam with decoupled weight decay for all weights. Loshchilov and
	// Hutter, Decoupled Weight Decay Regularization, 2019.
	AdamW Optimizer = "adamw"
)

// A Schedule is the course of the learning rate after the warm-up.
type Schedule string

// The schedules. All rise linearly over the warm-up first.
const (
	Cosine Schedule = "cosine" // half a cosine down to Floor
	Linear Schedule = "linear" // a straight line down to Floor
	WSD    Schedule = "wsd"    // warm-up, stable, decay: level, then a line down over the last Decay of the steps
)

// Options of a [Trainer]. Shards and Micro say in which order gradients are
// added, and so change last digits. The zero value of every field but Steps is the
// documented default. A negative number stands for zero where zero means
// something else.
type Options struct {
	Seed  uint64 `json:"seed"`
	Steps int    `json:"steps"` // how many steps the whole training has

	Batch  int `json:"batch"`  // sequences a step; 0 means 8
	Pool   int `json:"pool"`   // sequences that are sorted by length before they are cut into steps, rounded up to a multiple of Batch; 0 means 256, 1 keeps the source's order
	Shards int `json:"shards"` // parts of a batch that run in parallel; 0 means 4, at most Batch
	Micro  int `json:"micro"`  // tokens that a thread looks at together, or one sequence more: the gradients of the micro-batches are added; 0 means 256

	Optimizer Optimizer `json:"optimizer"`  // Muon if empty
	MuonRate  float64   `json:"muon_rate"`  // peak learning rate of Muon; 0 means 0.01
	AdamRate  float64   `json:"adam_rate"`  // peak learning rate of AdamW; 0 means 0.003
	Shrink    float64   `json:"shrink"`     // weight decay of the matrices inside the blocks, times the rate; 0 means 0.05
	Clip      float64   `json:"clip"`       // longest gradient (Euclidean norm); 0 means 1, negative never clips
	Schedule  Schedule  `json:"schedule"`   // Cosine if empty
	Warmup    int       `json:"warmup"`     // steps until the peak rate; 0 means 50
	Floor     float64   `json:"floor"`      // the rate at the end as a part of the peak, 0 to 1
	Decay     float64   `json:"decay"`      // part of the steps in which WSD decays; 0 means 0.2
	Dropout   float64   `json:"dropout"`    // of the embedding and of what each block adds, 0 to below 1
	Validate  int       `json:"validate"`   // steps between two validations; 0 means 100
	Patience  int       `json:"patience"`   // validations without a new best after which training stops; 0 never
	LeastGain float64   `json:"least_gain"` // nats per token by which a validation must be better to count as a new best
}

// maxShards is how many shards a batch may be cut into, each of which has a
// gradient as large as the model.
const maxShards = 256

// The moments and guards of the optimizers.
const (
	beta1, beta2 = 0.9, 0.98
	adamEps      = 1e-9
	muonMomentum = 0.95
)

func orDefault[T int | float64](v *T, value T) {
	switch {
	case *v == 0:
		*v = value
	case *v < 0:
		*v = 0
	}
}

// complete fills in the defaults.
func (o Options) complete() Options {
	orDefault(&o.Batch, 8)
	orDefault(&o.Pool, 256)
	orDefault(&o.Shards, 4)
	orDefault(&o.Micro, 256)
	orDefault(&o.MuonRate, 0.01)
	orDefault(&o.AdamRate, 0.003)
	orDefault(&o.Shrink, 0.05)
	orDefault(&o.Warmup, 50)
	orDefault(&o.Decay, 0.2)
	orDefault(&o.Validate, 100)
	if o.Clip == 0 {
		o.Clip = 1
	}
	if o.Optimizer == "" {
		o.Optimizer = Muon
	}
	if o.Schedule == "" {
		o.Schedule = Cosine
	}
	o.Shards = min(o.Shards, o.Batch)
	return o
}

// check refuses what completed options cannot be.
func (o Options) check() error {
	switch {
	case o.Steps < 1 || o.Steps > 1<<40:
		return fmt.Errorf("train: %d steps, want at least 1", o.Steps)
	case o.Batch < 1 || o.Batch > 1<<16:
		return fmt.Errorf("train: the batch is %d, want 1 to 65536", o.Batch)
	case o.Micro < 1 || o.Micro > 1<<20:
		return fmt.Errorf("train: micro-batches have %d tokens, want 1 to 1048576", o.Micro)
	case o.Pool < 1 || o.Pool > 1<<20:
		return fmt.Errorf("train: the pool is %d, want 1 to 1048576", o.Pool)
	case o.Shards < 1 || o.Shards > min(o.Batch, maxShards):
		return fmt.Errorf("train: %d shards, want 1 to %d, and no more than the batch, %d", o.Shards, maxShards, o.Batch)
	case o.Warmup < 0 || o.Validate < 0 || o.Patience < 0:
		return fmt.Errorf("train: warm-up %d, validate %d or patience %d is negative", o.Warmup, o.Validate, o.Patience)
	case o.Optimizer != Muon && o.Optimizer != AdamW:
		return fmt.Errorf("train: there is no optimizer %q, there are muon and adamw", o.Optimizer)
	case o.Schedule != Cosine && o.Schedule != Linear && o.Schedule != WSD:
		return fmt.Errorf("train: there is no schedule %q, there are cosine, linear and wsd", o.Schedule)
	case !(o.Dropout >= 0 && o.Dropout < 1):
		return fmt.Errorf("train: dropout is %v, want 0 to below 1", o.Dropout)
	case !(o.Floor >= 0 && o.Floor <= 1):
		return fmt.Errorf("train: the floor of the rate is %v, want 0 to 1", o.Floor)
	case !(o.Decay >= 0 && o.Decay <= 1):
		return fmt.Errorf("train: the decay is %v of the steps, want at most 1", o.Decay)
	case !(o.MuonRate >= 0 && o.MuonRate <= 10 && o.AdamRate >= 0 && o.AdamRate <= 10 && o.Shrink >= 0 && o.Shrink <= 10):
		return fmt.Errorf("train: rates %v and %v and shrink %v, want 0 to 10", o.MuonRate, o.AdamRate, o.Shrink)
	case math.IsNaN(o.Clip) || math.IsNaN(o.LeastGain):
		return fmt.Errorf("train: clip is %v and the least gain %v, want numbers", o.Clip, o.LeastGain)
	}
	return nil
}

// rate is the learning rate of a step as a part of its peak. Step 0 is the
// first; its rate is 1/Warmup of the peak already.
func (o Options) rate(step int) float64 {
	if step < o.Warmup {
		return float64(step+1) / float64(o.Warmup)
	}
	left := 1.0 // part of the decay still to come
	switch o.Schedule {
	case WSD:
		if n := o.Decay * float64(o.Steps); n >= 1 {
			left = min(1, float64(o.Steps-step)/n)
		}
	default:
		if n := o.Steps - o.Warmup; n > 0 {
			left = float64(o.Steps-step) / float64(n)
		}
		if o.Schedule == Cosine {
			left = (1 - math.Cos(math.Pi*left)) / 2
		}
	}
	return o.Floor + (1-o.Floor)*max(left, 0)
}
