package train

import (
	"errors"
	"fmt"
	"math"

	"argen"
	"argen/internal/tensor"
)

// maxActivations is how many bytes the activations of a thread may take.
const maxActivations = 8 << 30

// A Trainer trains one model. It is used by one goroutine at a time, and
// itself uses as many threads as there are cores.
type Trainer struct {
	cfg     Config
	o       Options
	source  Source
	held    [][]argen.ID // for validation
	batches *batcher
	writer  *writer // nil if the source is no Verdict

	weights params[float32]
	m, v    []float32 // the optimizer's running means, arenas like the weights
	best    []float32 // the weights of the best validation, nil before the first
	jobs    []job
	shards  []*shard
	micros  [][2]int // held[from:to] of each piece of a validation
	crew    *crew
	workers []*worker // what each thread needs for itself
	course  course

	// The step at work, for the pieces of the crew.
	sequences [][]argen.ID
	emphasis  []float64 // the weight of each sequence, none if all are 1
	perTarget float32   // 1 / targets of the step
	squares   []float64 // of each chunk of the gradient
	shrink    float32   // of the gradient, by clipping
	rate      float64
	losses    []float64 // of each piece of a validation

	sample, learn, reduce, update, validate func(worker, piece int)
}

// A course is where training stands, besides the weights.
type course struct {
	Step        int     `json:"step"`            // steps done
	Tokens      int64   `json:"tokens"`          // predicted in them
	Smoothed    float64 `json:"smoothed"`        // running mean of the loss
	Lowest      float64 `json:"lowest"`          // its lowest since the warm-up
	Validations int     `json:"validations"`     // validations done
	BestLoss    float64 `json:"best_validation"` // the best of them, nats per token
	BestStep    int     `json:"best_step"`       // steps done then
	Since       int     `json:"since_best"`      // validations since then
}

// A shard is what comes out of a part of a batch.
type shard struct {
	grad params[float32]
	loss float64
}

// A worker is the memory of one thread. What it held before changes nothing.
type worker struct {
	net   *net[float32]
	batch batch
	space *muonSpace

	generator *generator[float32] // with a Verdict
}

// A Step says what one step of training did.
type Step struct {
	Number   int     // the first is 1
	Loss     float64 // mean cross-entropy before the step, nats per token; with a Verdict of what the model wrote itself (and the corpus): how unsure it is
	GradNorm float64 // length of the gradient before clipping
	Rate     float64 // learning rate as a part of its peak
	Tokens   int     // targets in the batch; with a Verdict those the model wrote
	Accepted int     // sequences that the Verdict accepted, see [Trainer.Samples]
}

// A Diverged is the error of training that has gone wrong for good.
type Diverged struct {
	Step     int // its number; the weights are those before it
	Loss     float64
	GradNorm float64
	Lowest   float64 // the running mean of the loss at its lowest
	Options  Options
}

// Error implements error.
func (d *Diverged) Error() string {
	return fmt.Sprintf("train: diverged at step %d: loss %.4g nats per token (at best %.4g), gradient norm %.3g: lower the learning rates (muon %g, adam %g) or warm up for longer (now %d steps)",
		d.Step, d.Loss, d.Lowest, d.GradNorm, d.Options.MuonRate, d.Options.AdamRate, d.Options.Warmup)
}

// New makes a model with random weights and a trainer of it. Validation is on
// the sequences of held; without any there is none.
func New(c Config, o Options, source Source, held [][]argen.ID) (*Trainer, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	t, err := newTrainer(c, o.complete(), source, held)
	if err != nil {
		return nil, err
	}
	initialise(c, t.weights.arena, stream(o.Seed, "init", 0))
	return t, nil
}

func newTrainer(c Config, o Options, source Source, held [][]argen.ID) (*Trainer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Patience > 0 && len(held) == 0 {
		return nil, errors.New("train: there is nothing to validate on, which early stopping needs")
	}
	for i, s := range held {
		if err := checkSequence(s, c); err != nil {
			return nil, fmt.Errorf("train: held-out sequence %d: %w", i, err)
		}
	}
	if size := activations(c, o.Micro+c.Context); size > maxActivations {
		return nil, fmt.Errorf("train: micro-batches of %d tokens with a context of %d need %.1f GiB for each thread, want at most %d: lower one of them", o.Micro, c.Context, size/(1<<30), maxActivations>>30)
	}
	t := &Trainer{cfg: c, o: o, source: source, held: held, batches: newBatcher(source, c, o), crew: newCrew(), jobs: jobs(c, o.Optimizer)}
	t.weights = newParams[float32](c)
	t.m, t.v = make([]float32, c.Params()), make([]float32, c.Params())
	for range o.Shards {
		t.shards = append(t.shards, &shard{grad: newParams[float32](c)})
	}
	t.squares = make([]float64, (c.Params()+adamChunk-1)/adamChunk)
	if v, ok := source.(*Verdict); ok {
		var err error
		if t.writer, err = newWriter(*v, c, o); err != nil {
			return nil, err
		}
	}
	for from := 0; from < len(held); {
		to := from + fitting(held[from:], 1, o.Micro)
		t.micros = append(t.micros, [2]int{from, to})
		from = to
	}
	t.losses = make([]float64, len(t.micros))
	t.sample, t.learn, t.reduce, t.update, t.validate = t.sampleShard, t.learnShard, t.reduceChunk, t.updateJob, t.validateMicro
	return t, nil
}

// fitting is how many sequences, every stride-th of all, make a micro-batch:
// the fewest that have so many tokens.
func fitting(all [][]argen.ID, stride, tokens int) int {
	n := 0
	for i := 0; i < len(all) && tokens > 0; i += stride {
		tokens -= len(all[i]) - 1
		n++
	}
	return n
}

// hire makes sure that there is a worker for each thread.
func (t *Trainer) hire() {
	for len(t.workers) < threads() {
		w := &worker{net: newNet(t.cfg, kernels, t.o.Micro+t.cfg.Context, t.o.Dropout), space: newMuonSpace(t.jobs)}
		if t.writer != nil {
			w.generator = newGenerator(t.cfg, kernels, t.writer.rows, t.writer.length)
		}
		t.workers = append(t.workers, w)
	}
}

// activations is about how many bytes a net for so many tokens takes.
func activations(c Config, tokens int) float64 {
	perToken := c.Layers*(4*c.Hidden+c.qkvWidth()+c.Heads*c.Context+3*c.FF) + 5*c.Hidden + c.qkvWidth() + 3*c.FF
	return 4 * float64(tokens) * float64(perToken)
}

// Config is the shape of the model, defaults filled in.
func (t *Trainer) Config() Config { return t.cfg }

// Options are those of the training, defaults filled in.
func (t *Trainer) Options() Options { return t.o }

// Steps is how many steps have been done.
func (t *Trainer) Steps() int { return t.course.Step }

// Tokens is how many tokens were predicted in them.
func (t *Trainer) Tokens() int64 { return t.course.Tokens }

// Weights are the weights as they are now, named as in a LlamaForCausalLM
// with tied embeddings. They are not a copy.
func (t *Trainer) Weights() []Tensor { return t.cfg.tensors(t.weights.arena) }

// Best are the weights of the best validation, and the present ones before the
// first.
func (t *Trainer) Best() []Tensor {
	if t.best == nil {
		return t.Weights()
	}
	return t.cfg.tensors(t.best)
}

// Step does one step: the gradient of the mean loss of a batch, clipped, and
// the optimizer's update. After an error the weights are as before.
func (t *Trainer) Step() (Step, error) {
	number := t.course.Step + 1
	s := Step{Number: number, Rate: t.o.rate(t.course.Step)}
	t.hire()
	if err := t.gather(&s); err != nil {
		return Step{}, fmt.Errorf("train: step %d: %w", number, err)
	}
	t.perTarget = float32(1 / float64(s.Tokens))
	t.crew.run(len(t.shards), t.learn)
	for _, sh := range t.shards {
		s.Loss += sh.loss
	}
	s.Loss /= float64(countTargets(t.sequences))

	t.crew.run(len(t.squares), t.reduce)
	sum := 0.0
	for _, x := range t.squares {
		sum += x
	}
	s.GradNorm = math.Sqrt(sum)
	if err := t.watch(s); err != nil {
		return s, err
	}
	t.shrink, t.rate = 1, s.Rate
	if t.o.Clip > 0 && s.GradNorm > t.o.Clip {
		t.shrink = float32(t.o.Clip / s.GradNorm)
	}
	t.crew.run(len(t.jobs), t.update)
	t.course.Step = number
	t.course.Tokens += int64(s.Tokens)
	return s, nil
}

// gather finds the sequences that a step learns from.
func (t *Trainer) gather(s *Step) (err error) {
	if t.writer != nil {
		return t.write(s)
	}
	if t.sequences, err = t.batches.step(t.course.Step); err != nil {
		return err
	}
	if s.Tokens = countTargets(t.sequences); s.Tokens == 0 {
		return errors.New("its sequences have no token to predict")
	}
	return nil
}

func countTargets(sequences [][]argen.ID) int {
	n := 0
	for _, s := range sequences {
		for _, id := range s[1:] {
			if id >= 0 {
				n++
			}
		}
	}
	return n
}

// learnShard computes the gradient of a shard's part of the step, every
// Shards-th sequence, micro-batch by micro-batch.
func (t *Trainer) learnShard(by, piece int) {
	sh, w := t.shards[piece], t.workers[by]
	clear(sh.grad.arena)
	sh.loss = 0
	for i := piece; i < len(t.sequences); {
		w.batch.reset()
		for range fitting(t.sequences[i:], t.o.Shards, t.o.Micro) {
			key := mix(mix(t.o.Seed^hash("dropout")) + uint64(t.course.Step*len(t.sequences)+i))
			w.batch.add(t.sequences[i], key)
			if len(t.emphasis) > 0 {
				w.batch.weigh(t.emphasis[i])
			}
			i += t.o.Shards
		}
		sh.loss += w.net.learn(&t.weights, &sh.grad, &w.batch, t.perTarget)
	}
}

// reduceChunk adds a stretch of the shards' gradients, to the first's.
func (t *Trainer) reduceChunk(_, piece int) {
	from := piece * adamChunk
	to := min(from+adamChunk, len(t.m))
	sum := t.shards[0].grad.arena[from:to]
	for _, sh := range t.shards[1:] {
		tensor.Add(sum, sh.grad.arena[from:to])
	}
	squares := 0.0
	for _, g := range sum {
		squares += float64(g) * float64(g)
	}
	t.squares[piece] = squares
}

// updateJob moves some of the weights.
func (t *Trainer) updateJob(by, piece int) {
	j := &t.jobs[piece]
	at, end := j.at, j.at+j.size()
	w, m, g := t.weights.arena[at:end], t.m[at:end], t.shards[0].grad.arena[at:end]
	if t.shrink != 1 {
		tensor.Scale(t.shrink, g)
	}
	decay := 0.0
	if j.decay {
		decay = t.o.Shrink
	}
	if j.muon {
		t.workers[by].space.muon(w, g, m, j.rows, j.cols, t.rate*t.o.MuonRate, decay)
	} else {
		adamw(w, g, m, t.v[at:end], t.rate*t.o.AdamRate, decay, t.course.Step+1)
	}
}

// watch refuses a step that is not finite, or after which the loss, as a
// running mean, has risen by two nats from its lowest.
func (t *Trainer) watch(s Step) error {
	const memory, rise = 0.95, 2
	c := &t.course
	smoothed := s.Loss
	if c.Step > 0 {
		smoothed = memory*c.Smoothed + (1-memory)*s.Loss
	}
	lowest := smoothed
	if c.Step > t.o.Warmup {
		lowest = min(c.Lowest, smoothed)
	}
	finite := func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
	if !finite(s.Loss) || !finite(s.GradNorm) || smoothed > lowest+rise {
		return &Diverged{Step: s.Number, Loss: s.Loss, GradNorm: s.GradNorm, Lowest: lowest, Options: t.o}
	}
	c.Smoothed, c.Lowest = smoothed, lowest
	return nil
}

// Loss is the mean cross-entropy of the held-out sequences in nats per token,
// 0 if there are none. Times log₂ e it is bits.
func (t *Trainer) Loss() float64 {
	t.hire()
	t.crew.run(len(t.micros), t.validate)
	sum := 0.0
	for _, loss := range t.losses {
		sum += loss
	}
	return sum / float64(max(1, countTargets(t.held)))
}

func (t *Trainer) validateMicro(by, piece int) {
	w, m := t.workers[by], t.micros[piece]
	w.batch.reset()
	for _, s := range t.held[m[0]:m[1]] {
		w.batch.add(s, 0)
	}
	t.losses[piece] = w.net.loss(&t.weights, &w.batch)
}

// Take returns the first n sequences of a source, to validate on.
func Take(source Source, n int) ([][]argen.ID, error) {
	var all [][]argen.ID
	for i := range n {
		s, err := source.Sequence(uint64(i))
		if err != nil {
			return nil, fmt.Errorf("sequence %d: %w", i, err)
		}
		all = append(all, s)
	}
	return all, nil
}
