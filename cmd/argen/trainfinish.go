package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/model/transformer/train"
	"argen/tokenizer"
	"argen/viz/term"
)

// A trainingResult is what is printed at the end.
type trainingResult struct {
	Type       string  `json:"type"` // "end"
	Out        string  `json:"out"`
	Bytes      int64   `json:"bytes"`
	SHA256     string  `json:"sha256"` // of the weights
	Parameters int     `json:"parameters"`
	VocabSize  int     `json:"vocab_size"`
	Tokenizer  string  `json:"tokenizer"`
	Steps      int     `json:"steps"`
	Tokens     int64   `json:"tokens"`
	Seed       uint64  `json:"seed"`
	Weights    string  `json:"weights"` // "last" or "best"
	BestStep   int     `json:"best_step,omitempty"`
	Stopped    bool    `json:"stopped_early"`
	Validation *number `json:"validation,omitempty"` // nats per token
	Bits       *number `json:"validation_bits,omitempty"`
	Floor      *number `json:"floor_bits,omitempty"`
}

// finish writes the model and says what it is.
func (s *trainingSession) finish() error {
	tr := s.trainer
	c := tr.Config()
	res := trainingResult{
		Type: "end", Out: s.r.out, Parameters: c.Params(), VocabSize: c.VocabSize, Tokenizer: s.kind,
		Steps: tr.Steps(), Tokens: tr.Tokens(), Seed: s.t.seed.seed, Weights: "last", Stopped: s.stopped,
	}
	weights := tr.Weights()
	loss, step := tr.BestLoss()
	switch {
	case s.t.options.Patience > 0:
		weights, res.Weights, res.BestStep = tr.Best(), "best", step
	case len(s.held) > 0:
		loss = tr.Loss()
	}
	if len(s.held) > 0 {
		nats, bits := number(loss), number(loss/math.Ln2)
		res.Validation, res.Bits = &nats, &bits
	}
	if s.exam != nil {
		floor := number(s.exam.floor())
		res.Floor = &floor
	}
	if err := s.write(c.Export(s.bos, s.eos), weights); err != nil {
		return err
	}
	var err error
	if res.Bytes, res.SHA256, err = fileSum(filepath.Join(s.r.out, safetensors.WeightsFile)); err != nil {
		return err
	}
	if s.t.json {
		return s.a.printJSON(res)
	}
	return s.print(&res)
}

// write writes the folder as Hugging Face has it.
func (s *trainingSession) write(c transformer.Config, weights []train.Tensor) error {
	tok, err := tokenizer.HuggingFace(s.tok, s.bos)
	if err != nil {
		return err
	}
	return train.WriteFolder(s.r.out, c, weights, tok)
}

// wrapRows breaks lines of [rows] at blanks, so that none is wider than w, or
// than what has no blank.
func wrapRows(text string, w int) string {
	const names = 14 // the width of the names
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); ansi.StringWidth(line) > w && len(line) > names {
			says := term.Wrap(line[names:], max(w-names, 20))
			line = line[:names] + strings.ReplaceAll(says, "\n", "\n"+strings.Repeat(" ", names))
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func (s *trainingSession) print(res *trainingResult) error {
	var b rows
	c := s.trainer.Config()
	b.row("model", "%s weights: hidden %d, %s, %s, feed-forward %d, context %d", thousands(int64(res.Parameters)), c.Hidden, count(c.Layers, "layer"), count(c.Heads, "head"), c.FF, c.Context)
	b.row("tokenizer", "%s, %s", s.kind, count(res.VocabSize, "token"))
	trained := fmt.Sprintf("%s, %s", count(res.Steps, "step"), count(int(res.Tokens), "token"))
	if s.text != nil {
		trained += fmt.Sprintf(" (%.1f times the text)", float64(res.Tokens)/float64(s.text.source.Tokens.Len()))
	}
	if res.Stopped {
		trained += ", stopped early: the loss on what is held out has stopped falling"
	}
	b.row("trained", "%s", trained)
	if n := len(s.accepted); n > 0 {
		const some = 10
		b.row("verdicts", "%.1f %% of the stories of the first steps were flawless, %.1f %% of those of the last", verdictTally(s.accepted[:min(some, n)]), verdictTally(s.accepted[max(0, n-some):]))
	}
	if res.Bits != nil {
		line := fmt.Sprintf("%.4f bits per token on what was held out", *res.Bits)
		if res.Floor != nil {
			line += fmt.Sprintf(", %.1f %% above the floor of %.4f", 100*(*res.Bits / *res.Floor - 1), *res.Floor)
		}
		b.row("loss", "%s", line)
	}
	if res.Weights == "best" {
		b.row("weights", "those of step %s, the best on what is held out", thousands(int64(res.BestStep)))
	} else {
		b.row("weights", "those of the last step")
	}
	b.row("seed", "%d", res.Seed)
	b.row("written", "%s, %s", argen.Visible(res.Out), sizeText(res.Bytes))
	text := b.String()
	if s.a.stdoutTTY {
		text = wrapRows(text, s.columns)
	}
	if _, err := io.WriteString(s.a.stdout, text); err != nil {
		return err
	}
	if len(s.accepted) > 0 && verdictTally(s.accepted) == 0 {
		s.a.hint("no story was flawless, so there was nothing to learn from: begin with a model that tells better ones")
	}
	s.a.hint("try: argen step -m %s", argen.Visible(res.Out))
	return nil
}
