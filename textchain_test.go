package argen_test

import (
	"strings"
	"testing"

	"argen"
)

func TestVisibleChain(t *testing.T) {
	long := strings.Repeat("a", 48)
	for chain, want := range map[string]string{
		"":                                  "",
		"top_k=40,temperature=0.8":          "top_k=40,temperature=0.8",
		`ban="\n"/"a\"b"`:                   `ban="\n"/"a\"b"`, // what can be pasted stays so
		`regex="` + long + `",top_p=0.9`:    `regex="` + long + `",top_p=0.9`,
		`regex="` + long + `b",top_p=0.9`:   `regex="` + long + `…",top_p=0.9`,
		`regex="` + long + `\\b",top_p=0.9`: `regex="` + long + `…",top_p=0.9`,
		`regex="` + long[1:] + `\"b"`:       `regex="` + long[1:] + `\"…"`, // an escape is whole
		"ban=\"\x1b[2J\xff\u202e":           "ban=\"\\x1b[2J\\xff\\u202e",
		`ban="�"`:                           `ban="�"`,
		`ban="\`:                            `ban="\`,
		"logit_bias=" + long + long:         "logit_bias=" + long + long,
	} {
		if got := argen.VisibleChain(chain); got != want {
			t.Errorf("%q:\n     %q\nwant %q", chain, got, want)
		}
	}
}
