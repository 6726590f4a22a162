package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/model"
	"argen/model/story"
	"argen/model/transformer"
	"argen/model/transformer/train"
)

// verdictHelp is what argen train transformer says of --verdict.
const verdictHelp = `

With --verdict story a model that can tell stories already, --resume FOLDER, is
trained by verdicts only: each step it writes 96 stories, the grammar says of
each as a whole whether it is flawless, and the flawless ones become likelier.
No token has a target, no story is shown to it, and still the model stays
autoregressive: what a model learns from does not decide that. Its stories get
better, while its loss on stories that are held out gets worse. Usual are then
--steps 100 --optimizer adamw --lr 0.0005 --schedule linear --warmup 5
--validate-every 10 --every 20.`

// verdicts are the judges there are.
var verdicts = []string{"story"}

// verdictTraining are the flags of training by verdicts.
type verdictTraining struct {
	by      string
	samples int
	corpus  float64
}

func (v *verdictTraining) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&v.by, "verdict", "", "train by verdicts of `NAME` on whole texts that the model writes: story, the grammar; begins with the model of --resume")
	f.IntVar(&v.samples, "samples", 96, "with --verdict, let the model write `N` stories a step, 2 or more")
	f.Float64Var(&v.corpus, "corpus", 0, "with --verdict, add `X` times the loss on --batch stories of the grammar: it keeps the model from forgetting")
	completeWords(c, "verdict", verdicts)
}

// usual sets flags that were not given to what suits verdicts: small steps from
// where the model is.
func (v *verdictTraining) usual(f *pflag.FlagSet) error {
	var err error
	for name, value := range map[string]string{
		"optimizer": string(train.AdamW), "lr": "0.0005", "schedule": string(train.Linear), "warmup": "5",
		"steps": "100", "validate-every": "10", "every": "20",
	} {
		if !f.Changed(name) {
			err = errors.Join(err, f.Lookup(name).Value.Set(value))
		}
	}
	return err
}

// shapes are flags that the model to begin with has decided.
var shapes = []string{"hidden", "layers", "heads", "kv-heads", "ff", "context", "tokenizer", "vocab-size"}

// check finds what is wrong with the flags.
func (v *verdictTraining) check(f *pflag.FlagSet, files []string, resumes bool) error {
	if v.by == "" {
		for _, name := range []string{"samples", "corpus"} {
			if f.Changed(name) && !resumes {
				return usagef("--%s goes with --verdict only", name)
			}
		}
		return nil
	}
	switch {
	case !slices.Contains(verdicts, v.by):
		return usagef("--verdict %q: choose story", v.by)
	case len(files) > 0:
		return usagef("--verdict and %s: the model learns from verdicts on what it writes itself", count(len(files), "file"))
	case v.samples < 2:
		return usagef("--samples %d: choose 2 or more, for a verdict is compared with the others", v.samples)
	case !(v.corpus >= 0 && v.corpus <= 1000):
		return usagef("--corpus %v: choose 0 to 1000", v.corpus)
	}
	if resumes {
		return nil
	}
	for _, name := range append([]string{"stories", "validation", "crops", "dropout", "patience", "minutes"}, shapes...) {
		if f.Changed(name) {
			if slices.Contains(shapes, name) {
				return usagef("--%s: the model to begin with has decided that", name)
			}
			return usagef("--%s does not go with --verdict", name)
		}
	}
	return nil
}

// begins reports whether --resume names the model that a training by verdicts
// begins with, not such a training to go on with.
func (v *verdictTraining) begins(resume, out string) (bool, error) {
	switch {
	case v.by == "":
		return false, nil
	case resume == "":
		return false, usagef("--verdict %s needs a model that can write already: name its folder with --resume", v.by)
	}
	r := recipe{out: resume}
	data, err := os.ReadFile(r.path())
	goesOn := err == nil && json.Unmarshal(data, &r) == nil && r.Flags["verdict"] != ""
	if out != "" {
		same := filepath.Clean(out) == filepath.Clean(resume)
		if same && !goesOn {
			return false, usagef("-o %s is the model to begin with: name another folder", argen.Visible(out))
		}
		return !same, nil
	}
	return !goesOn, nil
}

// recipeByVerdict is the recipe of a training that begins with a model.
func (t *transformerTraining) recipeByVerdict() (*recipe, error) {
	r := &recipe{Version: recipeVersion, Argen: argen.Version, From: t.resume, out: t.out}
	t.resume = ""
	if r.out == "" {
		r.out = strings.ReplaceAll(filepath.Base(r.From), ":", "-") + "-by-verdict" // story-verdict is a model that has a name
	}
	t.seed.pick()
	if err := t.verdict.usual(t.flags); err != nil {
		return nil, err
	}
	return r, nil
}

// openBase opens the model that a training by verdicts begins with.
func (s *trainingSession) openBase(ctx context.Context) error {
	lm, err := s.a.open(ctx, s.r.From)
	if err != nil {
		return err
	}
	s.base = lm
	name, sum := argen.Visible(s.r.From), argen.Identify(lm.Model).SHA256
	if _, ok := model.Base(lm.Model).(*transformer.Model); !ok {
		return fmt.Errorf("%s is no transformer: verdicts train those that argen train transformer made", name)
	}
	if was := s.r.FromSHA256; was != "" && was != sum {
		return fmt.Errorf("%s has changed since the training in %s began: put back what it was", name, argen.Visible(s.r.out))
	}
	s.r.FromSHA256 = sum
	tok := storyTokenizer()
	same := lm.Tokenizer.VocabSize() == tok.VocabSize()
	for id := argen.ID(0); same && int(id) < tok.VocabSize(); id++ {
		same = string(lm.Tokenizer.Piece(id)) == string(tok.Piece(id))
	}
	if !same {
		return fmt.Errorf("%s has other tokens than the words of the stories, which the grammar judges: train it with argen train transformer --stories first", name)
	}
	return nil
}

// beginWithBase makes the trainer of a training by verdicts.
func (s *trainingSession) beginWithBase(ctx context.Context, o train.Options) error {
	if s.base == nil {
		if err := s.openBase(ctx); err != nil {
			return err
		}
	}
	m := model.Base(s.base.Model).(*transformer.Model)
	shape, weights, err := train.Import(m.Config(), m)
	if err == nil {
		s.trainer, err = train.From(shape, weights, o, s.source, s.held)
	}
	return err
}

// byVerdict makes the source one of verdicts; what it was is the corpus.
func (s *trainingSession) byVerdict() {
	v := &train.Verdict{Name: s.t.verdict.by + " " + story.Default().SHA256(), BOS: s.bos, EOS: s.eos, Samples: s.t.verdict.samples, Accept: story.Default().Accepts}
	if s.t.verdict.corpus > 0 {
		v.Corpus, v.Mix = s.source, s.t.verdict.corpus
	}
	s.source = v
}

// A verdictNews says what a model wrote for a step, and the verdicts on it.
type verdictNews struct {
	Accepted number `json:"accepted"`         // part of the stories
	Length   number `json:"length"`           // their mean, in tokens
	Distinct number `json:"distinct_4_grams"` // different sequences of four tokens, as a part of all
}

// judged is the news of the last step, nil without verdicts.
func (s *trainingSession) judged() *verdictNews {
	all := s.trainer.Samples()
	if len(all) == 0 {
		return nil
	}
	accepted, tokens, grams := 0, 0, 0
	seen := map[[4]argen.ID]bool{}
	for _, sample := range all {
		if sample.Accepted {
			accepted++
		}
		tokens += len(sample.IDs)
		for ids := sample.IDs; len(ids) >= 4; ids = ids[1:] {
			grams++
			seen[[4]argen.ID(ids)] = true
		}
	}
	n := float64(len(all))
	v := &verdictNews{number(float64(accepted) / n), number(float64(tokens) / n), number(float64(len(seen)) / float64(max(grams, 1)))}
	s.accepted = append(s.accepted, float64(v.Accepted))
	return v
}

// String is what a line says of it.
func (v *verdictNews) String() string {
	return fmt.Sprintf("%.1f %% flawless, %.0f tokens long, %.0f %% of the 4-grams distinct", 100*v.Accepted, float64(v.Length), 100*v.Distinct)
}

// verdictTally is the mean of the accepted parts of a stretch of steps.
func verdictTally(accepted []float64) float64 {
	sum := 0.0
	for _, x := range accepted {
		sum += x
	}
	return 100 * sum / float64(max(len(accepted), 1))
}
