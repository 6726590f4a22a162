package lesson

import (
	"encoding/json"
	"io"
	"testing"

	"argen/viz"
	"argen/viz/term"
)

// FuzzReadRecords: no file of lessons makes what reads it or shows it panic.
func FuzzReadRecords(f *testing.F) {
	const head = `{"type":"lesson","version":1,"lesson":"loop","texts":{"title":"t"}`
	for _, seed := range []string{
		head + `}`,
		head + `,"answer":7,"numbers":[{"name":"n","value":1e300,"lo":null,"unit":"count"}],"verdicts":[{"number":"m","rule":"?"}]}`,
		head + `,"tables":[{"columns":["a"],"rows":[[],[{"text":"x"},{"number":{"value":1}}]]}]}`,
		head + `,"charts":[{"kind":"bars","data":{"groups":["g"],"series":[{"y":[5e-324]}]}}]}`,
		head + `,"charts":[{"kind":"curves","data":{"series":[{"x":[1,2],"y":[null,1e-300]}],"y":{"log":true}}}]}`,
		head + `,"charts":[{"kind":"matrix","data":{"rows":["r"],"cols":["c"],"panels":[{"cells":[[null]],"texts":[["t"]]}]}}]}`,
		`{"type":"quiz","options":[{"record":` + head + `}}]}`,
	} {
		f.Add([]byte(seed))
	}
	lab := newLab(f, "story", "en")
	f.Fuzz(func(t *testing.T, data []byte) {
		if q, err := ReadQuiz("x", data); err == nil {
			v := View{Words: lab.Words, Width: 80}
			for i, o := range q.Options {
				if o.Record != nil && v.TellQuiz(io.Discard, q, i) != nil {
					t.Errorf("option %d cannot be told", i)
				}
			}
			if err := v.SumQuiz(io.Discard, q); err != nil {
				t.Error(err)
			}
		}
		list, err := ReadRecords("x", data)
		if err != nil {
			return
		}
		for _, r := range list {
			if _, err := json.Marshal(r); err != nil {
				t.Error(err)
			}
			if err := (View{Words: lab.Words, Width: 80}).Tell(io.Discard, r, -1); err != nil {
				t.Error(err)
			}
			for _, c := range r.Charts {
				(&term.Drawing{Width: 80, Say: func(key string) string { return key }}).Lines(c.Data)
				if fig, err := c.Figure(); err == nil && viz.Write(fig, "svg", io.Discard) != nil {
					t.Errorf("chart %s cannot be written", c.Kind)
				}
			}
		}
	})
}
