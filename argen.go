// Package argen shows how a language model writes: one token at a time.
//
// An autoregressive model computes P(token | all tokens before it), one token
// is picked, appended to the context, and the whole is repeated. In this
// package that is one screen of code, [Run.Next]:
//
//	text → ids → logits → stages → draw → append → trace → view
//
// A [Tokenizer] turns text into ids, a [State] of a [Model] turns ids into
// logits, a chain of [Transform] stages reshapes the [Candidates], one uniform
// number picks a token, and every probability on the way is kept in a [Step]
// that goes to the sinks: a log, a chart, a terminal.
//
//	gen := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, Seed: 7}
//	run, err := gen.Start("Once upon a time")
//	if err != nil {
//		return err
//	}
//	for step, err := range run.Steps(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(step.Token, step.Prob)
//	}
//
// where lm is what package model opens: a model with its tokenizer.
//
// The contracts stand here, beside the loop that consumes them; models,
// tokenizers, samplers and views live in the packages below and import this
// one, never the other way round.
package argen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Version is the version of argen; a release build sets it.
var Version = "0.1.0-dev"

// ID is a token's index in the vocabulary, 0 ≤ ID < V.
type ID int32

// NoID stands where a vocabulary has no such token (see [Info].BOS).
const NoID ID = -1

// Info describes a model. It is what a trace's header keeps of it.
type Info struct {
	Ref    string // how the user named it: "story-ngram", "truth", a path
	Kind   string // "grammar", "ngram", "transformer", …
	SHA256 string // of the model's file or source, hex; "" where there is none

	VocabSize     int  // V, the length of the logits
	ContextLength int  // the longest context in tokens, 0 if unlimited
	BOS           ID   // begin-of-sequence token, NoID if the model has none
	AddBOS        bool // the model's own configuration puts BOS before a prompt
	Stop          []ID // tokens that end a text (EOS)

	// Order is the n of an n-gram model: it sees n-1 tokens. 0 for others.
	Order int
	// Partial is set if the logits do not cover the whole vocabulary (an
	// engine behind an API lists only the best few).
	Partial bool
	// Activations is how numbers between the layers are rounded before they are
	// multiplied with quantised weights: "int8", by which probabilities differ,
	// or "" for not at all.
	Activations string
}

// Title names the model, and how its activations are rounded if they are: "smollm2,
// int8 activations".
func (i *Info) Title() string {
	if i.Activations == "" {
		return i.Ref
	}
	return i.Ref + ", " + i.activations()
}

// activations says how the activations are rounded.
func (i *Info) activations() string {
	if i.Activations == "" {
		return "float32 activations"
	}
	return i.Activations + " activations"
}

// Identify is what m says of itself, with the SHA256 also if m is a [Hasher].
func Identify(m Model) Info {
	info := m.Info()
	if h, ok := m.(Hasher); ok {
		info.SHA256 = h.SHA256()
	}
	return info
}

// A Hasher is a Model whose Info has no SHA256: a whole file is read for it, the
// first time that it is asked for.
type Hasher interface {
	SHA256() string
}

// A Model predicts the next token. It never changes once loaded and may be
// used by many goroutines; all that changes is in its States.
type Model interface {
	Info() Info
	Start() State // the empty context
}

// A State is a model's memory of one context: a suffix of ids, a set of
// hypotheses, a KV cache. It belongs to one goroutine at a time; a State and
// its forks may be used concurrently.
type State interface {
	// Len is the number of tokens in the context.
	Len() int

	// Extend appends ids to the context and returns the logits of the next
	// token: V numbers, finite or −Inf (impossible), natural-log scale, not
	// necessarily normalised. They are valid until the next call on this State
	// and must not be changed. With no ids it returns those of the present
	// context. An id outside the vocabulary, a context that would grow too
	// long and a cancelled ctx are errors, after which the State is unchanged.
	Extend(ctx context.Context, ids ...ID) (logits []float64, err error)

	// Rewind keeps the first n tokens of the context; it panics unless
	// 0 ≤ n ≤ Len.
	Rewind(n int)

	// Fork returns an independent copy. The two share only what neither will
	// write.
	Fork() State
}

// A Scorer is a State that computes the logits after each of many tokens in one
// pass, faster than one by one. Score appends ids to the context, as Extend
// does; rows[i] are the logits of the token after ids[i]. They belong to the
// caller and may differ from those of Extend by rounding.
type Scorer interface {
	Score(ctx context.Context, ids ...ID) (rows [][]float64, err error)
}

// An Inspector is a State whose model has layers, and that shows what they do
// with the present context. It computes that when it is asked for, for the
// positions from ≤ position < Len only: one view of the last token costs about
// as much as the token.
type Inspector interface {
	// Layers is the number of layers.
	Layers() int
	// Attention returns the weights of a layer, 0 ≤ layer < Layers, by head,
	// by position of the query, by position of the key, 0 to that of the query.
	// The weights of a query sum to 1.
	Attention(ctx context.Context, layer, from int) (weights [][][]float64, err error)
	// Hidden returns the hidden state at each position after that many
	// layers, 0 ≤ layer ≤ Layers: 0 for the embeddings; after the last one
	// with the norm that follows it.
	Hidden(ctx context.Context, layer, from int) (rows [][]float64, err error)
	// Lens returns the logits at each position if the model ended after that
	// many layers, 0 ≤ layer ≤ Layers (nostalgebraist, Interpreting GPT: the
	// Logit Lens, 2020). After all of them they are the model's own.
	Lens(ctx context.Context, layer, from int) (rows [][]float64, err error)
}

// An Explainer is a State that can say where a probability comes from: an
// n-gram names counts and back-off weights. The Explanation is about the next
// token given the present context.
type Explainer interface {
	Explain(id ID) (Explanation, error)
}

// An Explanation is shown as text and recorded as JSON.
type Explanation interface {
	fmt.Stringer
	json.Marshaler
}

// A Tokenizer turns text into ids and ids into text. It is safe for
// concurrent use.
type Tokenizer interface {
	// Encode returns the ids of text. The names of control tokens ("</s>") are
	// plain text here. Text that cannot be written in the vocabulary is an
	// error that names the offending part and its byte offset.
	Encode(text string) ([]ID, error)
	// Decode returns the text of ids; control tokens are left out. Bytes that
	// are not valid UTF-8 are kept as they are.
	Decode(ids []ID) string
	// Piece returns the token's own bytes, maybe a part of a character. For a
	// control token it is its name. The result must not be changed.
	Piece(id ID) []byte
	// Control reports whether id is a control token, one that stands for no
	// text (begin or end of sequence, padding).
	Control(id ID) bool
	// VocabSize is the number of ids, V.
	VocabSize() int
}

// A Joiner is a Tokenizer whose text is not merely its pieces put together:
// words with spaces between them. Join returns what stands between the token
// prev (NoID at the start) and next, usually "" or " ".
type Joiner interface {
	Join(prev, next ID) string
}

// An Opener is a Tokenizer of which a token may say something else at the beginning
// of a text: SentencePiece has a blank before every word, and none there. First
// returns the text of a token before which no other has said anything.
type Opener interface {
	First(id ID) []byte
}

// A Transform is one stage of the chain between the model's distribution and
// the draw. Its exported fields are its parameters; the trace records them
// under the names of their JSON tags.
//
// A Transform is a value that does not change. Stages that depend on what was
// drawn before implement [Learner] too.
type Transform interface {
	// String is the stage as --chain has it, so that it can be pasted back:
	// "top_k=40".
	fmt.Stringer
	// Name is the stage's name in flags, traces, charts and docs: "top_k".
	Name() string
	// Apply may change logits and drop candidates. It adds none but those that
	// it forces, keeps at least one, and does not hold on to c.
	Apply(c *Candidates, past Past)
}

// A Learner is a Transform that depends on what was drawn (mirostat, a
// grammar). Learn returns the transform for the next step; the receiver does
// not change, so that taking a step back or forking needs no copying. What was
// learnt is no parameter: String stays the same.
type Learner interface {
	Transform
	Learn(drawn Drawn) Transform
}

// Drawn is the token that was appended, as a [Learner] gets to know it.
type Drawn struct {
	ID   ID
	Prob float64 // after the whole chain; 0 of a token that was forced after a stage had removed it
	// Before is its probability where the stage called
	// [Candidates.Remember]; 0 if it did not, or the token was none of them.
	Before float64
}

// A Binder is a Transform that works only once it knows the vocabulary or the
// model: it names tokens by their text, or constrains the text that tokens
// make. A run binds every stage of its chain before the first step; a stage
// that is not a Binder needs nothing.
type Binder interface {
	Transform
	// Bind returns the stage at work, whose String is the same. The model may
	// be nil where only a vocabulary is there. An error says what the
	// vocabulary lacks.
	Bind(t Tokenizer, m Model) (Transform, error)
}

// A Reasoner is a Transform that can say by which inequality it removes a
// token.
type Reasoner interface {
	Transform
	// Reasons is given what Apply would be given. The function that it
	// returns says of a token that Apply removes why, in a few characters:
	// "0.0031 < 0.05 × 0.71". It is valid until c changes.
	Reasons(c *Candidates, past Past) func(id ID) string
}

// Past is what a stage may look at besides the candidates.
type Past struct {
	IDs    []ID // the context, prompt included; not to be changed
	Prompt int  // how many of IDs are the prompt
	// Float64 draws a uniform number in [0,1), for the few stages that throw
	// dice themselves. It is a stream of its own: the draw of the token does
	// not depend on how many numbers stages have taken.
	Float64 func() float64
	// Context ends where the run is to end; for stages that ask a model.
	Context context.Context
}

// ErrEmptyContext is what a State without any token in its context returns if
// its model cannot predict the first token: a transformer without BOS.
var ErrEmptyContext = errors.New("the model predicts nothing from an empty context: give it a prompt")

// ErrComplete is what a stage fails with ([Candidates.Fail]) where the text is
// complete and no token is left that would end it: the model has none, or it
// is impossible. The run ends there without an error.
var ErrComplete = errors.New("the text is complete")
