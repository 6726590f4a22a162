package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/pflag"

	"argen/model"
)

// engineFlags are those that say how a model is computed. They are no fields of a
// request in a batch: a model that is open stays as it is.
var engineFlags = []string{"threads", "context", "fast"}

// engineFlags adds them; [app.open] has the models computed so.
func (a *app) engineFlags(fs *pflag.FlagSet) {
	a.threadsFlag(fs)
	a.contextFlag(fs)
	a.fastFlag(fs)
}

func (a *app) fastFlag(fs *pflag.FlagSet) {
	fs.BoolVar(&a.engine.Fast, "fast", false, "round activations to 8 bits where weights are quantised: faster, but less exact (SmolLM2: logits are off by 0.3, 2.7 at most, probabilities by 0.11 at most)")
}

func (a *app) threadsFlag(fs *pflag.FlagSet) {
	fs.Var(&threadsFlag{&a.engine}, "threads", "compute a transformer's tokens with `N` threads; auto measures how many are fastest")
}

func (a *app) contextFlag(fs *pflag.FlagSet) {
	fs.Var(&fromOneValue{&a.engine.Context}, "context", "keep at most `N` tokens of context, which limits the memory of a transformer (default what its file says)")
}

// threadsFlag reads a number of threads, or auto.
type threadsFlag struct{ o *model.Options }

// Set implements pflag.Value.
func (f *threadsFlag) Set(text string) error {
	if text == "auto" || text == "0" {
		f.o.Threads = 0
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostThreads {
		return fmt.Errorf("%q is no number of threads, it must be auto or a whole number from 1 to %d", text, mostThreads)
	}
	f.o.Threads = n
	return nil
}

// String implements pflag.Value.
func (f *threadsFlag) String() string {
	if f.o == nil {
		return ""
	}
	if f.o.Threads == 0 {
		return "auto"
	}
	return strconv.Itoa(f.o.Threads)
}

// Type implements pflag.Value.
func (f *threadsFlag) Type() string { return "int" }
