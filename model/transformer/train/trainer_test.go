package train

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
)

// tiny is a shape that trains in no time.
func tiny() Config {
	return Config{VocabSize: len(story.Default().Vocab()), Hidden: 16, Layers: 2, Heads: 2, FF: 24, Context: 256}
}

func trainer(t testing.TB, o Options) *Trainer {
	t.Helper()
	orDefault(&o.Pool, 16) // a full pool takes longer to write than a step
	tr, err := New(tiny(), o, stories(o.Seed), heldOut(t, 10))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func steps(t testing.TB, tr *Trainer, n int) (losses []float64) {
	t.Helper()
	for range n {
		s, err := tr.Step()
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, s.Loss)
	}
	return losses
}

func TestSameBitsForAnyThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want []float32
	var wantLoss float64
	for _, threads := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(threads)
		tr := trainer(t, Options{Seed: 5, Steps: 4, Batch: 16, Micro: 300, Dropout: 0.1})
		steps(t, tr, 4)
		loss := tr.Loss()
		if want == nil {
			want, wantLoss = tr.weights.arena, loss
			continue
		}
		if !slices.Equal(want, tr.weights.arena) || loss != wantLoss {
			t.Errorf("with %d threads the weights differ from those with 1; loss %v and %v", threads, loss, wantLoss)
		}
	}
	other := trainer(t, Options{Seed: 6, Steps: 4, Batch: 16, Micro: 300, Dropout: 0.1})
	steps(t, other, 4)
	if slices.Equal(want, other.weights.arena) {
		t.Error("another seed gives the same weights")
	}
}

// Micro-batches and shards are for memory and speed only: the gradient is that
// of the whole batch, but for the order of the sums.
func TestAccumulationIsABiggerBatch(t *testing.T) {
	once := trainer(t, Options{Seed: 5, Steps: 9, Shards: 1, Micro: 10000, Dropout: 0.2})
	twice := trainer(t, Options{Seed: 5, Steps: 9, Shards: 3, Micro: 1, Dropout: 0.2})
	a, b := steps(t, once, 1), steps(t, twice, 1)
	if math.Abs(a[0]-b[0]) > 1e-6 {
		t.Errorf("loss %v at once, %v sequence by sequence", a[0], b[0])
	}
	worst := 0.0
	for i, g := range once.shards[0].grad.arena {
		worst = max(worst, math.Abs(float64(g-twice.shards[0].grad.arena[i])))
	}
	if !(worst < 1e-6) {
		t.Errorf("a number of the gradient differs by %v", worst)
	}
}

// With rates of zero and the same batch, only what dropout hides differs.
func TestDropoutDiffersFromStepToStep(t *testing.T) {
	o := Options{Steps: 2, Batch: 2, AdamRate: -1, MuonRate: -1}
	for _, drop := range []float64{0, 0.5} {
		o.Dropout = drop
		tr, err := New(tiny(), o, list{{1, 2, 3, 4, 5}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if l := steps(t, tr, 2); (l[0] == l[1]) != (drop == 0) {
			t.Errorf("dropout %v: losses %v", drop, l)
		}
	}
}

// The loss of random weights is above that of guessing blindly, and falls.
func TestLearns(t *testing.T) {
	for _, o := range []Options{
		{Optimizer: Muon, Schedule: Linear}, {Optimizer: AdamW, Schedule: WSD, Dropout: 0.1},
	} {
		o.Steps, o.Seed, o.Warmup, o.AdamRate = 40, 1, 5, 0.03
		losses := steps(t, trainer(t, o), o.Steps)
		if first, last := losses[0], losses[len(losses)-1]; !(first > 6 && last < 5) {
			t.Errorf("%+v: the loss goes from %v to %v", o, first, last)
		}
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // a product's helpers allocate a little
	tr := trainer(t, Options{Steps: 1000, Pool: 1024})
	steps(t, tr, 3)
	if n := testing.AllocsPerRun(20, func() { steps(t, tr, 1) }); n > 1 { // the losses that steps returns
		t.Errorf("%v allocations per step", n)
	}
}

func TestDivergence(t *testing.T) {
	tr := trainer(t, Options{Steps: 500, Optimizer: AdamW, AdamRate: 9, Warmup: -1})
	folder := t.TempDir()
	err := tr.Run(context.Background(), Session{Folder: folder, Every: 1})
	var d *Diverged
	if !errors.As(err, &d) {
		t.Fatalf("error %v, want that it diverged", err)
	}
	if !strings.Contains(err.Error(), "lower the learning rates") || d.Step < 2 || d.Step != tr.Steps()+1 {
		t.Errorf("step %d after %d: %v", d.Step, tr.Steps(), err)
	}
	path, err := Latest(folder)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := OpenCheckpoint(path); err != nil || c.Steps() != d.Step-1 {
		t.Errorf("the last checkpoint: %v", err)
	}

	tr = trainer(t, Options{Steps: 500})
	tr.weights.arena[0] = float32(math.NaN())
	if _, err := tr.Step(); !errors.As(err, &d) || d.Step != 1 {
		t.Errorf("NaN weights: error %v", err)
	}
}

func TestABestIsBetterByTheLeastGain(t *testing.T) {
	tr := trainer(t, Options{Steps: 1, LeastGain: 0.5})
	loss, best := tr.judge()
	if !best {
		t.Error("the first validation is not the best")
	}
	for _, better := range []float64{0, 0.4, 0.6} {
		tr.course.BestLoss = loss + better
		if _, best := tr.judge(); best != (better > 0.5) {
			t.Errorf("better by %v: best is %v", better, best)
		}
	}
}

func TestEarlyStopping(t *testing.T) {
	tr := trainer(t, Options{Steps: 500, Seed: 3, Validate: 2, Patience: 2, LeastGain: 0.5, Warmup: 5})
	var validations []float64
	var bests []bool
	session := Session{Folder: t.TempDir(), Report: func(p Progress) {
		if p.Validated {
			validations, bests = append(validations, p.Validation), append(bests, p.Best)
		}
	}}
	if err := tr.Run(context.Background(), session); !errors.Is(err, ErrStopped) {
		t.Fatalf("error %v, want that it stopped early", err)
	}
	n := len(bests)
	if n < 3 || !bests[0] || !bests[n-3] || bests[n-2] || bests[n-1] {
		t.Fatalf("validations %v, best ones %v", validations, bests)
	}
	for i, w := range tr.Best() {
		copy(tr.Weights()[i].Data, w.Data)
	}
	if got := tr.Loss(); got != validations[n-3] {
		t.Errorf("the best weights have loss %v, want %v", got, validations[n-3])
	}

	path, err := Latest(session.Folder)
	if err != nil {
		t.Fatal(err)
	}
	c, err := OpenCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Resume(c, stories(3), heldOut(t, 10))
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Run(context.Background(), session); !errors.Is(err, ErrStopped) || again.Steps() != tr.Steps() {
		t.Errorf("the stopped training goes on to step %d: %v", again.Steps(), err)
	}
}

// N steps are k steps, a checkpoint, and the rest in another process.
func TestResumeGoesOnToTheSameBits(t *testing.T) {
	o := Options{Seed: 9, Steps: 20, Batch: 4, Pool: 16, Validate: 7, Dropout: 0.1, Warmup: 5}
	want := trainer(t, o)
	if err := want.Run(context.Background(), Session{}); err != nil {
		t.Fatal(err)
	}

	folder := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	got := trainer(t, o)
	session := Session{Folder: folder, Every: 5, Report: func(p Progress) {
		if p.Number == 7 || p.Number == 13 {
			stop()
		}
	}}
	for range 2 {
		if err := got.Run(ctx, session); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v, want that it was cancelled", err)
		}
		path, err := Latest(folder)
		if err != nil {
			t.Fatal(err)
		}
		c, err := OpenCheckpoint(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err = Resume(c, stories(9), heldOut(t, 10)); err != nil {
			t.Fatal(err)
		}
		ctx, stop = context.WithCancel(context.Background())
	}
	if err := got.Run(ctx, session); err != nil {
		t.Fatal(err)
	}
	stop()
	if !slices.Equal(got.weights.arena, want.weights.arena) || !slices.Equal(got.best, want.best) || got.course != want.course {
		t.Errorf("after two interruptions the weights differ; course %+v, want %+v", got.course, want.course)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != kept {
		t.Errorf("the folder holds %v, want the last %d checkpoints", files, kept)
	}
}

// A training that is stopped says so if it cannot be gone on with.
func TestStoppedWithoutACheckpoint(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	err := trainer(t, Options{Steps: 5}).Run(ctx, Session{Folder: filepath.Join(t.TempDir(), "none")})
	if !errors.Is(err, ErrCheckpoint) {
		t.Errorf("error %v, want ErrCheckpoint", err)
	}
}

func TestTrainerRefuses(t *testing.T) {
	good := Options{Steps: 10}
	for name, c := range map[string]struct {
		change func(c *Config, o *Options)
		source Source
		held   [][]argen.ID
		want   string
	}{
		"heads":     {change: func(c *Config, o *Options) { c.Heads = 3 }, want: "not a multiple of num_attention_heads 3"},
		"odd head":  {change: func(c *Config, o *Options) { c.Hidden, c.Heads = 9, 3 }, want: "to be even"},
		"groups":    {change: func(c *Config, o *Options) { c.Heads, c.KVHeads = 8, 3 }, want: "num_key_value_heads 3"},
		"layers":    {change: func(c *Config, o *Options) { c.Layers = 0 }, want: "num_hidden_layers is 0"},
		"theta":     {change: func(c *Config, o *Options) { c.RopeTheta = math.NaN() }, want: "rope_theta"},
		"eps":       {change: func(c *Config, o *Options) { c.NormEps = -1 }, want: "rms_norm_eps"},
		"too large": {change: func(c *Config, o *Options) { c.Hidden, c.Heads, c.FF, c.Layers = 1<<14, 1<<10, 1<<16, 200 }, want: "too many"},
		"memory":    {change: func(c *Config, o *Options) { c.Context, o.Micro = 1<<14, 1<<20 }, want: "lower one of them"},
		"steps":     {change: func(c *Config, o *Options) { o.Steps = 0 }, want: "0 steps"},
		"batch":     {change: func(c *Config, o *Options) { o.Batch = -1 }, want: "the batch is 0"},
		"micro":     {change: func(c *Config, o *Options) { o.Micro = -1 }, want: "micro-batches have 0"},
		"pool":      {change: func(c *Config, o *Options) { o.Pool = -1 }, want: "pool"},
		"shards":    {change: func(c *Config, o *Options) { o.Shards = -1 }, want: "shards"},
		"shards+":   {change: func(c *Config, o *Options) { o.Batch, o.Shards = 1000, 257 }, want: "257 shards, want 1 to 256"},
		"dropout":   {change: func(c *Config, o *Options) { o.Dropout = 1 }, want: "dropout is 1"},
		"floor":     {change: func(c *Config, o *Options) { o.Floor = 2 }, want: "floor"},
		"decay":     {change: func(c *Config, o *Options) { o.Decay = 2 }, want: "decay"},
		"rate":      {change: func(c *Config, o *Options) { o.AdamRate = math.Inf(1) }, want: "rates"},
		"clip":      {change: func(c *Config, o *Options) { o.Clip = math.NaN() }, want: "clip"},
		"patience":  {change: func(c *Config, o *Options) { o.Patience = -1 }, want: "patience"},
		"optimizer": {change: func(c *Config, o *Options) { o.Optimizer = "sgd" }, want: `"sgd", there are muon and adamw`},
		"schedule":  {change: func(c *Config, o *Options) { o.Schedule = "step" }, want: `"step", there are cosine`},
		"no held":   {change: func(c *Config, o *Options) { o.Patience = 3 }, want: "nothing to validate on"},
		"held":      {held: [][]argen.ID{{1, 2, 9999}}, want: "held-out sequence 0: token 2 is id 9999"},
		"short":     {source: list{{1}}, want: "sequence 0: it has 1 tokens"},
		"long":      {source: list{make([]argen.ID, 258)}, want: "it has 258 tokens, want 2 to 257"},
		"mask":      {source: list{{1, argen.NoID, 2}}, want: "token 1 is id -1"},
		"no target": {source: list{{1, argen.NoID}}, want: "no token to predict"},
	} {
		t.Run(name, func(t *testing.T) {
			shape, o := tiny(), good
			if c.change != nil {
				c.change(&shape, &o)
			}
			if c.source == nil {
				c.source = list{{1, 2, 3}}
			}
			tr, err := New(shape, o, c.source, c.held)
			if err == nil {
				_, err = tr.Step()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestRunCannotSave(t *testing.T) {
	tr := trainer(t, Options{Steps: 3})
	folder := filepath.Join(t.TempDir(), "missing")
	if err := tr.Run(context.Background(), Session{Folder: folder, Every: 2}); err == nil || !strings.Contains(err.Error(), "there is no folder") {
		t.Errorf("error %v", err)
	}
	if tr.Steps() != 2 {
		t.Errorf("%d steps", tr.Steps())
	}
	if err := tr.Run(context.Background(), Session{Every: -1}); err == nil {
		t.Error("a negative interval is taken")
	}
	if _, err := Latest(t.TempDir()); err == nil || !strings.Contains(err.Error(), "has no checkpoint") {
		t.Errorf("an empty folder: error %v", err)
	}
	if _, err := Latest(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: error %v", err)
	}
}
