package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"argen"
	"argen/internal/filelock"
	"argen/internal/safefile"
	"argen/internal/tensor"
	"argen/model"
	"argen/model/transformer/train"
	"argen/tokenizer"
	"argen/viz"
)

// A trainingSession is a training from its text to the folder it writes.
type trainingSession struct {
	a *app
	t *transformerTraining
	r *recipe

	kind     string
	tok      argen.Tokenizer
	bos, eos argen.ID

	text   *trainingText // nil for stories
	exam   *exam         // nil for files
	source train.Source
	held   [][]argen.ID

	trainer *train.Trainer
	views   []trainingView
	past    []viz.LearningStep // of the log
	prompt  []argen.ID
	truth   []float64 // log-probabilities after it, nil if not known
	folder  *os.File  // of the checkpoints, locked
	columns int       // of the terminal, 80 if it is not known
	begun   bool      // the folder was made
	stopped bool      // early

	base     *model.LM // of verdicts, what it begins with
	accepted []float64 // part of each step's stories
}

// tokenFile is where the text lies as ids, in the folder of the checkpoints.
const tokenFile = "text.ids"

// prepareTraining does all that comes before the first step.
func (a *app) prepareTraining(ctx context.Context, t *transformerTraining, r *recipe) (s *trainingSession, err error) {
	s = &trainingSession{a: a, t: t, r: r, kind: t.kind(r), columns: 80}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(), s.undo())
		}
	}()
	p := a.progress()
	defer p.end()
	if r.From != "" && t.resume == "" {
		if err = s.openBase(ctx); err != nil {
			return s, err
		}
	}
	if len(r.Files) > 0 {
		err = s.readText(ctx, p)
	} else {
		err = s.tellStories(ctx, p)
	}
	if err != nil {
		return s, err
	}
	p.end()
	if err = s.settle(ctx); err != nil {
		return s, err
	}
	s.warn()
	return s, s.show(ctx)
}

// begin makes the folder once nothing is known to be wrong, and keeps other
// trainings out of it.
func (s *trainingSession) begin() (err error) {
	fresh := s.t.resume == ""
	if err := os.MkdirAll(s.r.folder(), 0o755); err != nil {
		s.begun = fresh
		return fileError(s.r.folder(), err)
	}
	if s.folder, err = os.Open(s.r.folder()); err != nil {
		return fileError(s.r.folder(), err)
	}
	if !filelock.Try(s.folder) {
		return fmt.Errorf("another training is going on in %s: wait for its end, or train in another folder", argen.Visible(s.r.out))
	}
	s.begun = fresh
	if !fresh {
		return safefile.Tidy(s.r.out)
	}
	return s.r.save(s.t.flags)
}

// undo removes what begin made where no checkpoint followed, so that the command
// can be given again.
func (s *trainingSession) undo() error {
	if _, err := train.Latest(s.r.folder()); !s.begun || err == nil {
		return nil
	}
	err := os.RemoveAll(s.r.folder())
	_ = os.Remove(s.r.out) // it stays if others have put something in
	return err
}

// tellStories makes the tokenizer and the stories that are held out.
func (s *trainingSession) tellStories(ctx context.Context, p *progress) (err error) {
	if err := s.begin(); err != nil {
		return err
	}
	const learnt = 2000 // stories that a tokenizer is learnt from
	c := &corpus{stories: learnt, seed: s.t.seed.seed, total: learnt, unit: "stories"}
	if err := s.tokenizer(ctx, c, p); err != nil {
		return err
	}
	if s.exam, err = newExam(ctx, s.kind, s.tok, s.bos, s.eos); err != nil {
		return err
	}
	s.held = s.exam.held
	s.source = storySource(s.kind, s.tok, s.bos, s.eos, s.t.seed.seed, s.t.stories.n)
	return s.exam.fits(s.t.sizes(s.r, 0).Context)
}

// readText makes the tokenizer and the ids of the text, unless they are there.
func (s *trainingSession) readText(ctx context.Context, p *progress) error {
	path := filepath.Join(s.r.folder(), tokenFile)
	tokens, err := train.OpenTokens(path)
	var c *corpus
	if err != nil {
		if c, err = openCorpus(s.r.names(), s.a.stdin); err != nil {
			return err
		}
	}
	if err := s.begin(); err != nil {
		return err
	}
	if c != nil {
		if err := s.sums(c); err != nil {
			return err
		}
	}
	if err := s.tokenizer(ctx, c, p); err != nil {
		return err
	}
	if c != nil {
		ids := textIDs(ctx, c, s.kind, s.tok, func(done int64) { p.set("tokens", done, c.total, c.unit) })
		if err := train.WriteTokens(path, s.tok.VocabSize(), ids); err != nil {
			return err
		}
		if tokens, err = train.OpenTokens(path); err != nil {
			return err
		}
	}
	s.text = &trainingText{tokens: tokens}
	if tokens.Len() <= len(s.r.Files) { // the ends of texts alone
		return s.r.emptyText()
	}
	var begin []argen.ID
	if !slices.Contains(byLine, s.kind) {
		begin = []argen.ID{s.bos}
	}
	text, err := cutText(tokens, s.t.validation, s.t.sizes(s.r, 0).Context, begin, s.t.seed.seed)
	if err != nil {
		return err
	}
	s.text, s.source, s.held = text, text.source, text.held
	return nil
}

// sums notes what the files are, so that others are not taken for them.
func (s *trainingSession) sums(c *corpus) error {
	for i, name := range c.files {
		if name == "-" {
			continue
		}
		_, sum, err := fileSum(name)
		if err != nil {
			return err
		}
		if was := s.r.Files[i].SHA256; was != "" && was != sum {
			return fmt.Errorf("%s has changed since the training in %s began: put back what it was", argen.Visible(name), argen.Visible(s.r.out))
		}
		s.r.Files[i].SHA256 = sum
	}
	return s.r.save(s.t.flags)
}

// tokenizer learns the tokenizer, or reads the one that was learnt.
func (s *trainingSession) tokenizer(ctx context.Context, c *corpus, p *progress) (err error) {
	path := filepath.Join(s.r.folder(), "tokenizer."+s.kind)
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		s.tok, err = tokenizer.Unmarshal(s.kind, data)
	case !errors.Is(err, fs.ErrNotExist):
		err = fileError(path, err)
	case c == nil:
		err = fmt.Errorf("%s is missing: train again from the beginning", argen.Visible(path))
	default:
		in := c.reader(ctx, func(done int64) { p.set("tokenizer", done, c.total, c.unit) })
		s.tok, err = learnFor(ctx, s.kind, in, s.t.wantedVocab(s.r), p)
		in.close()
		if err == nil {
			if _, data, err = tokenizer.Marshal(s.tok); err == nil {
				err = writeBytes(path, data)
			}
		}
	}
	if err == nil {
		s.bos, s.eos, err = ends(s.tok)
	}
	return err
}

// settle makes the trainer, or the one that was.
func (s *trainingSession) settle(ctx context.Context) error {
	old, damaged, err := train.Recover(s.r.folder())
	next := "going on from the checkpoint before it"
	if old == nil {
		next = "beginning anew, for there is none before it"
	}
	for _, d := range damaged {
		s.a.hint("warning: %s is removed: %v; %s", argen.Visible(d.Path), d.Err, next)
	}
	if err != nil {
		return err
	}
	shape, o := s.t.sizes(s.r, s.tok.VocabSize()), s.t.training()
	switch {
	case old != nil:
		o = old.Options()
	case o.Steps == 0:
		if o.Steps, err = s.stepsIn(ctx, shape, o); err != nil {
			return err
		}
		err = s.t.flags.Lookup("steps").Value.Set(fmt.Sprint(o.Steps))
		if err = errors.Join(err, s.r.save(s.t.flags)); err != nil {
			return err
		}
	}
	if s.t.crops > 0 {
		s.source = train.Crops{Source: s.source, Part: s.t.crops, After: uint64(o.Steps) * uint64(o.Batch) / 2, Seed: s.t.seed.seed}
	}
	if s.r.From != "" {
		s.byVerdict()
	}
	if old != nil {
		// SIMD kernels agree with each other to the bit.
		if k := tensor.Kernel(); (k == "go") != (old.Kernel() == "go") {
			s.a.hint("warning: the checkpoint was computed by %s, this machine computes by %s: the last digits will differ", argen.Visible(old.Kernel()), k)
		}
		s.trainer, err = train.Resume(old, s.source, s.held)
		return err
	}
	if s.r.From != "" {
		return s.beginWithBase(ctx, o)
	}
	s.trainer, err = train.New(shape, o, s.source, s.held)
	return err
}

// warn says of a text that it is small.
func (s *trainingSession) warn() {
	const often = 20
	if s.text == nil || s.t.resume != "" {
		return
	}
	o, c := s.trainer.Options(), s.trainer.Config()
	n := s.text.source.Tokens.Len()
	if times := float64(o.Steps) * float64(o.Batch) * float64(c.Context) / float64(n); times > often {
		s.a.hint("note: %s steps read the %s of the text %.0f times: it will be learnt by heart, rather than its language; fewer --steps or more text are better", thousands(int64(o.Steps)), count(n, "token"), times)
	}
}

// stepsIn measures how many steps fit into the time.
func (s *trainingSession) stepsIn(ctx context.Context, shape train.Config, o train.Options) (int, error) {
	o.Steps = 1 << 30
	trial, err := train.New(shape, o, s.source, nil)
	if err != nil {
		return 0, err
	}
	const warm = 2
	least := min(1500*time.Millisecond, time.Duration(s.t.minutes*float64(time.Minute)/10))
	var start time.Time
	for i := 0; ; i++ {
		if i == warm {
			start = time.Now()
		}
		if _, err := trial.Step(); err != nil {
			return 0, err
		}
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if spent := time.Since(start); i > warm && spent > least {
			const steps = 0.9 // the rest of the time goes to measurements
			each := spent.Minutes() / float64(i+1-warm)
			return max(int(steps*s.t.minutes/each), 1), nil
		}
	}
}

// run trains to the end.
func (s *trainingSession) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	head := s.head()
	for _, v := range s.views {
		if err := v.begin(head, cancel); err != nil {
			return err
		}
	}
	err := s.trainer.Run(ctx, train.Session{Folder: s.r.folder(), Every: s.t.every, Report: func(p train.Progress) {
		if err := s.report(ctx, p); err != nil {
			cancel(err)
		}
	}})
	if errors.Is(err, train.ErrStopped) {
		s.stopped, err = true, nil
	}
	for _, v := range s.views {
		err = errors.Join(err, v.end())
		if live, ok := v.(*liveView); ok {
			s.columns = live.screen.w
		}
	}
	s.views = nil
	return s.explain(ctx, err)
}

// explain makes the message of an error of training one for the command line.
func (s *trainingSession) explain(ctx context.Context, err error) error {
	var d *train.Diverged
	cause := context.Cause(ctx)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &d):
		at := "there is no checkpoint yet"
		if path, err := train.Latest(s.r.folder()); err == nil {
			at = "the last good checkpoint is " + argen.Visible(path)
		}
		lower := fmt.Sprintf("--lr %.2g", d.Options.AdamRate/3)
		if d.Options.Optimizer == train.Muon {
			lower = fmt.Sprintf("--lr %.2g --adam-lr %.2g", d.Options.MuonRate/3, d.Options.AdamRate/3)
		}
		return fmt.Errorf("diverged at step %s: a loss of %.3g bits a token, %.3g at best: try %s, or --warmup %d; %s",
			thousands(int64(d.Step)), d.Loss/math.Ln2, d.Lowest/math.Ln2, lower, max(2*d.Options.Warmup, 100), at)
	case ctx.Err() != nil && !errors.Is(err, train.ErrCheckpoint):
		s.a.hint("stopped after step %s of %s; go on with: argen train transformer --resume %s", thousands(int64(s.trainer.Steps())), thousands(int64(s.trainer.Options().Steps)), argen.Visible(s.r.out))
		var sig stopped
		if cause != nil && !errors.As(cause, &sig) && !errors.Is(cause, context.Canceled) {
			return cause // a log that cannot be written
		}
		return err
	}
	if _, none := train.Latest(s.r.folder()); errors.Is(err, train.ErrCheckpoint) && none == nil {
		s.a.hint("the checkpoint before it is whole; go on with: argen train transformer --resume %s", argen.Visible(s.r.out))
	}
	err = transformerError(ctx, err)
	if ctx.Err() != nil { // the last line will say that it was interrupted, and no more
		s.a.hint("%v", err)
	}
	return err
}

// close closes what is open.
func (s *trainingSession) close() error {
	var err error
	for _, v := range s.views {
		err = errors.Join(err, v.end())
	}
	s.views = nil
	if s.base != nil {
		err = errors.Join(err, s.base.Close())
		s.base = nil
	}
	if s.text != nil && s.text.tokens != nil {
		err = errors.Join(err, s.text.tokens.Close())
		s.text = nil
	}
	if s.folder != nil {
		err = errors.Join(err, s.folder.Close())
		s.folder = nil
	}
	return err
}
