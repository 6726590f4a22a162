package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"argen"
	"argen/sampler"
)

// idsValue reads ids separated by commas or blanks.
type idsValue struct {
	ids   *[]argen.ID
	given *bool
}

// Set implements pflag.Value.
func (v *idsValue) Set(text string) error {
	var words []string
	for part := range strings.SplitSeq(text, ",") {
		fields := strings.Fields(part)
		if len(fields) == 0 && strings.TrimSpace(text) != "" {
			return fmt.Errorf("%q has a comma without an id before and after it", text)
		}
		words = append(words, fields...)
	}
	return v.Replace(words)
}

// Replace implements pflag.SliceValue, for batch requests.
func (v *idsValue) Replace(words []string) error {
	*v.ids, *v.given = []argen.ID{}, true
	for _, word := range words {
		if err := v.Append(word); err != nil {
			return err
		}
	}
	return nil
}

// Append implements pflag.SliceValue.
func (v *idsValue) Append(word string) error {
	id, err := strconv.ParseInt(word, 10, 32)
	if err != nil || id < 0 {
		return fmt.Errorf("%q is no id, an id is a whole number from 0", word)
	}
	*v.ids = append(*v.ids, argen.ID(id))
	return nil
}

// GetSlice implements pflag.SliceValue.
func (v *idsValue) GetSlice() []string {
	var words []string
	for _, id := range *v.ids {
		words = append(words, strconv.Itoa(int(id)))
	}
	return words
}

// String implements pflag.Value.
func (v *idsValue) String() string { return "" }

// Type implements pflag.Value.
func (v *idsValue) Type() string { return "ids" }

// bosValue reads auto, yes or no.
type bosValue struct{ bos *argen.BOS }

var bosNames = []string{argen.AutoBOS: "auto", argen.WithBOS: "yes", argen.NoBOS: "no"}

// Set implements pflag.Value.
func (v *bosValue) Set(text string) error {
	i := slices.Index(bosNames, text)
	if i < 0 {
		return fmt.Errorf("%q is none of auto, yes, no", text)
	}
	*v.bos = argen.BOS(i)
	return nil
}

// String implements pflag.Value.
func (v *bosValue) String() string {
	if v.bos == nil {
		return bosNames[argen.AutoBOS]
	}
	return bosNames[*v.bos]
}

// Type implements pflag.Value.
func (v *bosValue) Type() string { return "string" }

// chainValue is checked as it is read.
type chainValue struct{ chain *string }

// Set implements pflag.Value.
func (v *chainValue) Set(text string) error {
	_, err := sampler.Parse(text)
	*v.chain = text
	return err
}

// String implements pflag.Value.
func (v *chainValue) String() string {
	if v.chain == nil {
		return ""
	}
	return *v.chain
}

// Type implements pflag.Value.
func (v *chainValue) Type() string { return "string" }

// paramValue is a parameter of a stage or a search, checked against its range.
type paramValue struct {
	read func(string) error
	name string // of the value in help
	text string
}

// Set implements pflag.Value.
func (v *paramValue) Set(text string) error {
	v.text = text
	return v.read(text)
}

// String implements pflag.Value.
func (v *paramValue) String() string { return v.text }

// Type implements pflag.Value.
func (v *paramValue) Type() string { return v.name }

// listValue is a stage's list of tokens, or of tokens with a number each.
type listValue struct {
	members func([]string) ([]sampler.Value, error)
	texts   []string
}

// Set implements pflag.Value.
func (v *listValue) Set(text string) error { return v.Append(text) }

// Append implements pflag.SliceValue.
func (v *listValue) Append(text string) error {
	_, err := v.members(append(v.texts[:len(v.texts):len(v.texts)], text))
	if err == nil {
		v.texts = append(v.texts, text)
	}
	return err
}

// Replace implements pflag.SliceValue.
func (v *listValue) Replace(texts []string) error {
	v.texts = nil
	for _, text := range texts {
		if err := v.Append(text); err != nil {
			return err
		}
	}
	return nil
}

// GetSlice implements pflag.SliceValue.
func (v *listValue) GetSlice() []string { return v.texts }

// String implements pflag.Value.
func (v *listValue) String() string { return strings.Join(v.texts, " ") }

// Type implements pflag.Value.
func (v *listValue) Type() string { return "list" }

// wordValue is one of a few words.
type wordValue struct {
	word  *string
	words []string
}

// Set implements pflag.Value.
func (v *wordValue) Set(text string) error {
	if !slices.Contains(v.words, text) {
		return fmt.Errorf("%q is none of %s%s", text, strings.Join(v.words, ", "), didYouMean(text, v.words))
	}
	*v.word = text
	return nil
}

// String implements pflag.Value.
func (v *wordValue) String() string {
	if v.word == nil {
		return ""
	}
	return *v.word
}

// Type implements pflag.Value.
func (v *wordValue) Type() string { return "string" }

// presetValue is the name of a preset.
type presetValue struct{ preset *sampler.Preset }

func presetNames() []string {
	var names []string
	for _, p := range sampler.Presets {
		names = append(names, p.Name)
	}
	return names
}

// Set implements pflag.Value.
func (v *presetValue) Set(text string) error {
	p, ok := sampler.LookupPreset(text)
	if !ok {
		return fmt.Errorf("%q is none of %s%s", text, strings.Join(presetNames(), ", "), didYouMean(text, presetNames()))
	}
	*v.preset = p
	return nil
}

// String implements pflag.Value.
func (v *presetValue) String() string {
	if v.preset == nil {
		return ""
	}
	return v.preset.Name
}

// Type implements pflag.Value.
func (v *presetValue) Type() string { return "string" }

// countValue reads a number of tokens, or -1 for no limit.
type countValue struct{ fromOneValue }

// Set implements pflag.Value.
func (v *countValue) Set(text string) error {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < -1 || n == 0 {
		return fmt.Errorf("%q is no number of tokens, it must be a whole number from 1, or -1 for no limit", text)
	}
	*v.n = int(n)
	return nil
}

// textsValue collects stop strings or tokens. An empty one means nothing, and
// would end every text at once.
type textsValue struct{ all *[]string }

// Set implements pflag.Value.
func (v *textsValue) Set(text string) error {
	if text == "" {
		return errors.New("it must not be empty")
	}
	*v.all = append(*v.all, text)
	return nil
}

// String implements pflag.Value.
func (v *textsValue) String() string { return "" }

// Type implements pflag.Value.
func (v *textsValue) Type() string { return "string" }

// Replace implements pflag.SliceValue, for batch requests.
func (v *textsValue) Replace(all []string) error {
	*v.all = nil
	for _, text := range all {
		if err := v.Set(text); err != nil {
			return err
		}
	}
	return nil
}

// Append implements pflag.SliceValue.
func (v *textsValue) Append(text string) error { return v.Set(text) }

// GetSlice implements pflag.SliceValue.
func (v *textsValue) GetSlice() []string { return *v.all }

// timeoutValue reads a duration; a bare number is seconds.
type timeoutValue struct{ d *time.Duration }

// Set implements pflag.Value.
func (v *timeoutValue) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = time.ParseDuration(text + "s")
	}
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no time, write 500ms, 2s or 1m30s", text)
	}
	*v.d = d
	return nil
}

// String implements pflag.Value.
func (v *timeoutValue) String() string {
	if v.d == nil || *v.d == 0 {
		return ""
	}
	return v.d.String()
}

// Type implements pflag.Value.
func (v *timeoutValue) Type() string { return "duration" }

// fromOneValue reads a number of things, of which there must be one.
type fromOneValue struct{ n *int }

// Set implements pflag.Value.
func (v *fromOneValue) Set(text string) error {
	n, err := strconv.ParseInt(text, 10, 32)
	switch {
	case errors.Is(err, strconv.ErrRange) && n > 0:
		return fmt.Errorf("%q is too large, it must be a whole number from 1 to %d", text, math.MaxInt32)
	case err != nil || n < 1:
		return fmt.Errorf("%q is no number that can stand here, it must be a whole number from 1", text)
	}
	*v.n = int(n)
	return nil
}

// String implements pflag.Value.
func (v *fromOneValue) String() string {
	if v.n == nil || *v.n == 0 {
		return ""
	}
	return strconv.Itoa(*v.n)
}

// Type implements pflag.Value.
func (v *fromOneValue) Type() string { return "int" }

// placeFlag is the place of a token, from 0.
type placeFlag struct {
	t     int
	given bool
}

// Set implements pflag.Value.
func (v *placeFlag) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return fmt.Errorf("%q is no place, a place is a whole number from 0", text)
	}
	v.t, v.given = int(n), true
	return nil
}

// String implements pflag.Value.
func (v *placeFlag) String() string {
	if !v.given {
		return ""
	}
	return strconv.Itoa(v.t)
}

// Type implements pflag.Value.
func (v *placeFlag) Type() string { return "int" }
