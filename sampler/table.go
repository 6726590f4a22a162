package sampler

import "argen"

// A Spec describes a stage. Its flags, its word in a chain, its help and its
// line in the docs come from it.
type Spec = Form[argen.Transform]

// A Group is a kind of stages.
type Group string

// The groups.
const (
	Bans       Group = "bans and bias"
	Repetition Group = "repetition and length"
	Truncation Group = "truncation"
	Shape      Group = "shape"
	Constraint Group = "constraints"
	Learning   Group = "learning"
)

// groups lists them in the order of help and docs.
var groups = []struct {
	Group
	Doc string
}{
	{Shape, "make the distribution flatter or sharper"},
	{Truncation, "keep some tokens, by their probabilities"},
	{Repetition, "look at the text so far: what it has, how long it is"},
	{Bans, "treat some tokens unlike others"},
	{Constraint, "let only such tokens pass as can lead to a text of a given form"},
	{Learning, "change from token to token, by what was drawn"},
}

// A Stateful stage is a Learner whose memory is a few numbers, by their names
// in [Spec].State, so that a chain can go on from where another stands.
type Stateful interface {
	argen.Learner
	// State returns where the stage stands; one that has learnt nothing yet
	// stands where it begins.
	State() map[string]float64
	// WithState returns the stage as it would be there; what is not given is
	// as State has it.
	WithState(state map[string]float64) argen.Transform
}

// Table lists every stage in the documented default order: that in which flags
// put their stages into the chain. It is llama.cpp's, with temperature last.
// It is filled by init, since stages look themselves up in it.
var Table []Spec

func init() {
	Table = []Spec{
		guidanceSpec,
		tokenHealingSpec,
		regexSpec,
		grammarSpec,
		jsonSchemaSpec,
		ignoreEOSSpec,
		logitBiasSpec,
		sequenceBiasSpec,
		banSpec,
		beginSuppressSpec,
		encoderRepetitionPenaltySpec,
		repetitionPenaltySpec,
		frequencyPenaltySpec,
		presencePenaltySpec,
		drySpec,
		noRepeatNgramSpec,
		encoderNoRepeatNgramSpec,
		minTokensSpec,
		exponentialLengthSpec,
		allowSpec,
		forcedBOSSpec,
		forcedEOSSpec,
		topNSigmaSpec,
		topHSpec,
		topKSpec,
		tailFreeSpec,
		typicalPSpec,
		topPSpec,
		minPSpec,
		topASpec,
		epsilonCutoffSpec,
		etaCutoffSpec,
		xtcSpec,
		temperatureSpec,
		dynatempSpec,
		quadraticSpec,
		adaptivePSpec,
		mirostatSpec,
		watermarkSpec,
		greedySpec,
	}
}

// written is how chains are written.
func written() Forms[argen.Transform] {
	return Forms[argen.Transform]{Text: "chain", Noun: "stage", Topic: "argen help sampling", All: Table}
}

// Lookup returns the stage of a name.
func Lookup(name string) (Spec, bool) {
	return written().Lookup(name)
}
