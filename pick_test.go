package argen_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"argen"
)

// said is how a token was picked.
type said string

func (s said) String() string               { return string(s) }
func (s said) MarshalJSON() ([]byte, error) { return json.Marshal(string(s)) }

// A token that a procedure picked is marked as forced unless the dice gave it.
// Those of the stages move on, so that a stage throws new ones for the next.
func TestPickMovesTheDiceOfStages(t *testing.T) {
	g := bytesGenerator(make([]float64, 258))
	g.Chain = []argen.Transform{gambler{}}
	kept := func(take func(*argen.Run) (argen.Step, error)) string {
		r, all := start(t, g, ""), ""
		for range 40 {
			if _, err := r.Predict(t.Context()); err != nil {
				t.Fatal(err)
			}
			step, err := take(r)
			if err != nil {
				t.Fatal(err)
			}
			all += fmt.Sprint(step.Kept, step.Forced, " ")
		}
		return all
	}
	drawn := kept(func(r *argen.Run) (argen.Step, error) { return r.Append(r.Choose()) })
	if got := kept(func(r *argen.Run) (argen.Step, error) { return r.Pick(r.Choose(), said("so")) }); got != drawn {
		t.Errorf("picked from the dice: %s\nwant %s", got, drawn)
	}
	if got := kept(func(r *argen.Run) (argen.Step, error) { return r.Pick(0, said("so")) }); got != strings.ReplaceAll(drawn, "false", "true") {
		t.Errorf("picked: %s\nwant %s, all forced", got, drawn)
	}
	if got := kept(func(r *argen.Run) (argen.Step, error) { return r.Force(0) }); strings.Contains(got, "129") && strings.Contains(got, "258") {
		t.Errorf("forced: %s, the dice moved", got)
	}
}
