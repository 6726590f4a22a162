package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"argen"
	"argen/sampler"
)

// defaultModel is the model where neither -m nor ARGEN_MODEL names one.
const defaultModel = "story"

// defaultTokens is where a text ends that would not end by itself.
const defaultTokens = 256

func (a *app) defaultModel() string {
	if ref := a.env("ARGEN_MODEL"); ref != "" {
		return ref
	}
	return defaultModel
}

// modelFlag adds -m.
func (a *app) modelFlag(fs *pflag.FlagSet, ref *string) {
	fs.StringVarP(ref, "model", "m", a.defaultModel(), "`REF` of the model: "+modelRefs+" (environment ARGEN_MODEL)")
}

const modelRefs = "a name, as story or truth, or a path; argen models lists what there is"

// promptFlags say where the text before the first token comes from.
type promptFlags struct {
	file    string
	ids     []argen.ID
	hasIDs  bool
	special bool
	addBOS  argen.BOS
	chat    chatFlags
}

func (p *promptFlags) add(fs *pflag.FlagSet) {
	fs.StringVarP(&p.file, "file", "f", "", "read the text from `FILE`, - is standard input")
	fs.Var(&idsValue{&p.ids, &p.hasIDs}, "ids", "`IDS` of tokens instead of text: 1,2,3")
	fs.BoolVar(&p.special, "special", false, "names of control tokens in the text, as </s>, mean those tokens")
	fs.Var(&bosValue{&p.addBOS}, "add-bos", "whether the token of a beginning comes first, `WHEN`: auto, yes or no; auto is what the model's own configuration says")
	p.chat.add(fs)
}

// chainFlags say how a token is drawn: --chain, or a flag for each parameter
// of each stage in [sampler.Table], or those on top of a preset.
type chainFlags struct {
	chain     string
	semantics string
	preset    sampler.Preset
	fs        *pflag.FlagSet
}

func (c *chainFlags) add(fs *pflag.FlagSet) {
	c.fs = fs
	fs.Var(&chainValue{&c.chain}, "chain", "stages in order, as `STAGES`: \"top_k=40,top_p=0.95,temperature=0.8\"; argen help sampling explains them")
	fs.Var(&presetValue{&c.preset}, "preset", "sample as an engine does, `NAME`: "+strings.Join(presetNames(), ", ")+"; flags of stages change it")
	fs.Var(&wordValue{&c.semantics, semantics}, "semantics", "the engine whose edge rules hold where engines differ, `NAME`: "+strings.Join(semantics, ", "))
	for _, s := range sampler.Table {
		addForm(fs, s, s.Group)
	}
}

// addForm adds the flags of a stage or a search.
func addForm[T any](fs *pflag.FlagSet, s sampler.Form[T], group sampler.Group) {
	mark := func(name string) { fs.Lookup(name).Annotations = map[string][]string{stageMark: {string(group)}} }
	add := func(name string, v pflag.Value, doc string) {
		fs.Var(v, name, doc)
		mark(name)
	}
	if len(s.Params) == 0 {
		fs.Bool(s.Switch(), false, s.Doc)
		mark(s.Switch())
	}
	for i, p := range s.Params {
		doc := s.Doc
		if i > 0 || p.Shared {
			doc = p.Doc
		}
		if p.Shared && fs.Lookup(p.Flag) != nil {
			continue // an earlier stage has it
		}
		switch list := i >= len(s.Params)-s.Repeat; {
		case p.Flag == "":
		case p.File:
			add(p.Flag, &fileValue{}, doc+"; `FILE` holds "+p.Doc)
		case list:
			member := strings.ToUpper(p.Name)
			if s.Repeat > 1 {
				member += "=" + strings.ToUpper(s.Params[i+1].Name)
			}
			add(p.Flag, &listValue{members: s.Members}, doc+", `"+member+"`; may be repeated")
		default:
			read := func(text string) error {
				_, err := s.ReadFlag(i, text)
				return err
			}
			add(p.Flag, &paramValue{read: read, name: s.Placeholder(i)}, doc+"; "+p.Range())
			if p.Alias != "" {
				add(p.Alias, &paramValue{read: read, name: s.Placeholder(i)}, "the same as --"+p.Flag)
			}
			if p.Kind == sampler.Choice && slices.Contains(p.Words, "true") && len(p.Words) == 2 {
				fs.Lookup(p.Flag).NoOptDefVal = "true"
			}
		}
	}
}

// semantics are the words of --semantics.
var semantics = []string{"argen", "hf", "llamacpp", "textgen", "exllama", "openai"}

// given returns the texts of a flag, nil if it was not given.
func given(fs *pflag.FlagSet, name string) []string {
	f := fs.Lookup(name)
	switch {
	case f == nil || !f.Changed:
		return nil
	case f.Value.Type() == "list":
		return f.Value.(*listValue).texts
	}
	if file, ok := f.Value.(*fileValue); ok && file.text != nil {
		return []string{*file.text}
	}
	return []string{f.Value.String()}
}

// stages returns the chain that the flags ask for, before which, if that is
// asked for, the tokens that end a text are removed.
func (c *chainFlags) stages(ignoreEOS bool) ([]argen.Transform, error) {
	if err := readFiles(c.fs); err != nil {
		return nil, err
	}
	preset := c.preset
	if c.semantics != "" {
		preset.Semantics = sampler.Semantics(c.semantics)
	}
	chain, err := preset.FromFlags(func(name string) []string { return given(c.fs, name) })
	if c.fs.Changed("chain") {
		if flag := c.stageFlag(); flag != "" && flag != greedyFlag {
			return nil, usagef("--chain and --%s: give the stage in the chain", flag)
		}
		if c.preset.Name != "" {
			return nil, usagef("--chain and --preset: choose one")
		}
		chain, err = preset.Semantics.Parse(c.chain)
		if greedy := (sampler.Greedy{}); c.on(greedyFlag) && !slices.Contains(chain, argen.Transform(greedy)) {
			chain = append(chain, greedy) // the best of what the chain leaves
		}
	}
	if err != nil {
		return nil, usageError{c.inFile(err)}
	}
	if !ignoreEOS {
		return chain, nil
	}
	own := argen.Transform(sampler.IgnoreEOS{})
	switch i := slices.IndexFunc(chain, func(t argen.Transform) bool { return t.Name() == own.Name() }); {
	case i < 0:
		chain = append([]argen.Transform{own}, chain...)
	case chain[i].String() != own.String():
		return nil, usagef("--ignore-eos and %s in the chain: they remove different tokens, choose one", chain[i])
	}
	return chain, nil
}

// greedyFlag may stand beside a chain: it takes the best of what that leaves.
const greedyFlag = "greedy"

// on reports whether a switch was set.
func (c *chainFlags) on(name string) bool {
	f := c.fs.Lookup(name)
	return f != nil && f.Value.String() == "true"
}

// inFile names the file, in place of the stage, in which what is wrong stands, if it
// was read from one.
func (c *chainFlags) inFile(err error) error {
	for _, s := range sampler.Table {
		for _, p := range s.Params {
			if !p.File || !c.fs.Changed(p.Flag) {
				continue
			}
			if where, ok := strings.CutPrefix(err.Error(), s.Name+": "); ok {
				return fmt.Errorf("%s: %s", c.fs.Lookup(p.Flag).Value, where)
			}
		}
	}
	return err
}

// stageFlag is the first flag given that stands for a stage.
func (c *chainFlags) stageFlag() string {
	for _, s := range sampler.Table {
		names := []string{s.Switch()}
		if len(s.Params) > 0 {
			names = names[:0]
		}
		for _, p := range s.Params {
			names = append(names, p.Flag, p.Alias)
		}
		for _, name := range names {
			if name != "" && c.fs.Changed(name) {
				return name
			}
		}
	}
	return ""
}

// stopFlags say when a text ends.
type stopFlags struct {
	tokens    int
	stop      []string
	ignoreEOS bool
	timeout   time.Duration
	when      condition
	shift     bool
}

func (s *stopFlags) add(fs *pflag.FlagSet) {
	fs.VarP(&countValue{fromOneValue{&s.tokens}}, "tokens", "n", "write at most `N` tokens, -1 for no limit (default until the text ends, at most "+strconv.Itoa(defaultTokens)+")")
	fs.Var(&textsValue{&s.stop}, "stop", "end the text before this `STRING`; may be repeated")
	fs.BoolVar(&s.ignoreEOS, "ignore-eos", false, "draw no token that ends a text as long as another is possible")
	fs.Var(&timeoutValue{&s.timeout}, "timeout", "end the text after this `TIME`: 500ms, 1m30s, or a number of seconds")
	shiftFlag(fs, &s.shift)
	fs.Var(&s.when, "stop-when", "end the text, or pause it in step, after a token for which `EXPR` holds: \"entropy>4 || prob<0.05 || repeat>=3\"")
}

// shiftFlag adds --context-shift.
func shiftFlag(fs *pflag.FlagSet, shift *bool) {
	fs.BoolVar(shift, "context-shift", false, "where the model's context is full, drop the oldest tokens but for BOS, half of the context at a time, and go on; else the text ends there and a longer prompt is an error")
}

// most is MaxTokens of a Generator.
func (s *stopFlags) most() int {
	switch s.tokens {
	case 0:
		return defaultTokens
	case -1:
		return 0
	}
	return s.tokens
}

// seedFlag is the seed of the dice, drawn if none is given.
type seedFlag struct {
	seed  uint64
	given bool
}

func (s *seedFlag) add(fs *pflag.FlagSet) {
	fs.Var(s, "seed", "`N` sets the dice: the same seed gives the same text (default random, and shown)")
}

// Set implements pflag.Value.
func (s *seedFlag) Set(text string) error {
	n, err := readSeed(text)
	if err == nil {
		s.seed, s.given = n, true
	}
	return err
}

func readSeed(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no seed, a seed is a whole number from 0 to %d", text, uint64(math.MaxUint64))
	}
	return n, nil
}

// String implements pflag.Value.
func (s *seedFlag) String() string {
	if !s.given {
		return ""
	}
	return strconv.FormatUint(s.seed, 10)
}

// Type implements pflag.Value.
func (s *seedFlag) Type() string { return "uint" }

// seedValue is a seed that is there without the flag, too.
type seedValue struct{ seed *uint64 }

// Set implements pflag.Value.
func (v seedValue) Set(text string) error {
	n, err := readSeed(text)
	if err == nil {
		*v.seed = n
	}
	return err
}

// String implements pflag.Value.
func (v seedValue) String() string {
	if v.seed == nil {
		return ""
	}
	return strconv.FormatUint(*v.seed, 10)
}

// Type implements pflag.Value.
func (v seedValue) Type() string { return "uint" }

// seedVar adds a flag for a seed that is 1 without it.
func seedVar(fs *pflag.FlagSet, seed *uint64, usage string) {
	*seed = 1
	fs.Var(seedValue{seed}, "seed", usage)
}

// pick returns the seed, drawn if none was given. Short ones are easier to
// type again.
func (s *seedFlag) pick() uint64 {
	if !s.given {
		s.seed, s.given = uint64(rand.Uint32()), true
	}
	return s.seed
}
