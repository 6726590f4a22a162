package main

import (
	"bytes"
	"strings"
	"testing"

	"argen/viz"
)

// chartFile is a lesson with a chart of each form.
const chartFile = `{"type":"lesson","version":1,"charts":[
{"kind":"bars","data":{"title":"t","y":{"label":"l","unit":""},"groups":["a"],"series":[{"name":"s","y":[1],"lo":[0.5],"hi":[2]}]}},
{"kind":"curves","data":{"title":"t","x":{"label":"l","unit":"","log":true},"y":{"label":"l","unit":"bits"},"series":[{"name":"s","x":[0,1],"y":[null,2]}],"levels":[{"name":"n","y":1}]}},
{"kind":"matrix","data":{"title":"t","rows":["r"],"cols":["c"],"row":"","col":"","unit":"","panels":[{"cells":[[1]],"texts":[["x"]]}]}}]}`

// Whatever a file holds, its charts are read and drawn, or refused with the file
// named.
func FuzzReadCharts(f *testing.F) {
	f.Add([]byte(chartFile))
	f.Add([]byte(`{"type":"quiz","options":[{"record":` + chartFile + `}]}`))
	f.Add([]byte(`{"kind":"bars","data":{"groups":["a"],"series":[{"name":"s","y":[1e300]}]}}`))
	f.Add([]byte(`{"model":"m","tokens":[{"t":1,"token":"x"}],"inside":{"t":1,"tokens":["a"],"effects":["inf"],"attention":[[[1]]],"lens":[{"logprob":-1,"top":[{"token":"b","logprob":-2}]}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"bars", "curves", "matrix", "attention", "lens", "occlusion"} {
			chart, _ := viz.Lookup(name)
			list, err := parseCharts("f", data, chart)
			if err != nil {
				if s := err.Error(); strings.ContainsAny(s, "\n\x1b") || !strings.HasPrefix(s, "f") {
					t.Errorf("%q", s)
				}
				continue
			}
			for _, d := range list {
				fig, err := viz.DrawData(name, d)
				if err != nil {
					continue
				}
				var b bytes.Buffer
				if err := viz.Write(fig, "svg", &b); err != nil {
					t.Fatal(err)
				}
				if s := b.String(); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
					t.Errorf("a place is no number in\n%s", viz.Describe(fig))
				}
			}
		}
	})
}
