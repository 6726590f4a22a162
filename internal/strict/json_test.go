package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"argen/internal/testtime"
)

// value reads any value into what encoding/json makes of it, numbers as
// json.Number.
func value(j *JSON) (any, error) {
	switch j.Kind() {
	case Object:
		m := map[string]any{}
		return m, j.Object(func(name string) (err error) {
			m[name], err = value(j)
			return err
		})
	case Array:
		list := []any{}
		err := j.Array(func(int) error {
			v, err := value(j)
			list = append(list, v)
			return err
		})
		return list, err
	case String:
		return j.String()
	case Bool:
		return j.Bool()
	case Number:
		raw, err := j.Raw()
		return json.Number(raw), err
	}
	if j.Null() {
		return nil, nil
	}
	return nil, j.Skip()
}

// all reads a whole document in two ways, which must agree.
func all(t *testing.T, data []byte) (any, error) {
	t.Helper()
	j := NewJSON("f.json", data, 64)
	v, err := value(j)
	if err == nil {
		err = j.End()
	}
	k := NewJSON("f.json", data, 64)
	skipped := k.Skip()
	if skipped == nil {
		skipped = k.End()
	}
	if fmt.Sprint(skipped) != fmt.Sprint(err) {
		t.Errorf("%.200q: read: %v, skipped: %v", data, err, skipped)
	}
	return v, err
}

// agree compares with encoding/json: what is read here is read there, to the
// same values.
func agree(t *testing.T, data []byte) {
	t.Helper()
	v, err := all(t, data)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || e.Offset < 0 || e.Offset > int64(len(data)) || len(err.Error()) > 2000 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.200q: the error is %#v", data, err)
		}
		return
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var want any
	if err := dec.Decode(&want); err != nil {
		t.Fatalf("%.200q is read, and encoding/json says %v", data, err)
	}
	if !reflect.DeepEqual(v, want) {
		t.Fatalf("%.200q is read as %v, by encoding/json as %v", data, v, want)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{``, `byte 0: the file is empty: fetch it again`},
		{"  \n", `byte 3: want a value, found the end of the data`},
		{"\xef\xbb\xbf{}", `byte 0: the file begins with a byte order mark: save it as UTF-8 without one`},
		{"\x1f\x8b\x08\x00", `byte 0: this is gzip data: unpack it first with gunzip`},
		{"PK\x03\x04", `byte 0: this is a zip archive: unpack it first`},
		{"\n <!DOCTYPE html>", `byte 0: this is a web page (HTML), not the file: fetch the file itself, not the page about it`},
		{"<HTML>", `byte 0: this is a web page (HTML), not the file: fetch the file itself, not the page about it`},
		{"version https://git-lfs.github.com/spec/v1\noid", `byte 0: this is a Git LFS pointer, not the file: fetch the file itself with git lfs pull`},
		{"\xff\xfe{\x00", `byte 0: this is UTF-16 text: save it as UTF-8`},
		{`<x>`, `byte 0: want a value, found '<'`},
		{`{"a": <html>}`, `byte 6: a: want a value, found '<'`},
		{"\x00", `byte 0: want a value, found '\x00'`},
		{"[1]\x00", `byte 3: want the end of the data, found '\x00'`},
		{"[\x80]", `byte 1: [0]: want a value, found the byte 0x80`},
		{`{"a":1,"b":2,"a":3}`, `byte 13: the name "a" stands twice in this object, first at byte 1`},
		{`{"a":1,"\u0061":2}`, `byte 7: the name "a" stands twice in this object, first at byte 1`},
		{`{"\\":{"x":1,"x":2}}`, `byte 13: ["\\"]: the name "x" stands twice in this object, first at byte 7`},
		{`["` + "\xc3" + `"]`, `byte 2: [0]: the byte 0xc3 is not UTF-8`},
		{`"` + "\xed\xa0\x80" + `"`, `byte 1: the byte 0xed is not UTF-8`},
		{`"a\ud800"`, `byte 2: \ud800 is half of a surrogate pair, and the other half does not follow`},
		{`"\ud800\u0041"`, `byte 1: \ud800 is half of a surrogate pair, and the other half does not follow`},
		{`"\udc00\ud800"`, `byte 1: \udc00 is half of a surrogate pair, and the other half does not follow`},
		{`"\u00g0"`, `byte 1: "\\u00g0" is no escape; JSON has \" \\ \/ \b \f \n \r \t and \uXXXX`},
		{`"\x41"`, `byte 1: "\\x41\"" is no escape; JSON has \" \\ \/ \b \f \n \r \t and \uXXXX`},
		{`"\`, `byte 1: "\\" is no escape; JSON has \" \\ \/ \b \f \n \r \t and \uXXXX`},
		{"\"a\nb\"", `byte 2: a control character in a string: write it as \u000a`},
		{"\"\x00\"", `byte 1: a control character in a string: write it as \u0000`},
		{`"abc`, `byte 4: a string begins at byte 0 and does not end: the data is cut short`},
		{`01`, `byte 0: 01 is not a number as JSON writes them`},
		{`[1.]`, `byte 1: [0]: 1. is not a number as JSON writes them`},
		{`[1,-]`, `byte 3: [1]: - is not a number as JSON writes them`},
		{`+1`, `byte 0: want a value, found +1`},
		{`.5`, `byte 0: want a value, found .5`},
		{`1e`, `byte 0: 1e is not a number as JSON writes them`},
		{`1e+`, `byte 0: 1e+ is not a number as JSON writes them`},
		{`0x1F`, `byte 0: 0x1F is not a number as JSON writes them`},
		{`-Infinity`, `byte 0: -Infinity is not a number as JSON writes them`},
		{`NaN`, `byte 0: want a value, found NaN`},
		{`not json`, `byte 0: want a value, found not`},
		{`{"a":nul}`, `byte 5: a: want a value, found nul`},
		{`truefalse`, `byte 0: want a value, found truefalse`},
		{`'a'`, `byte 0: want a value, found '\''`},
		{`[1,]`, `byte 2: a comma stands before ']'`},
		{`{"a":1,}`, `byte 6: a comma stands before '}'`},
		{`[,1]`, `byte 1: [0]: want a value, found ','`},
		{`[1 2]`, `byte 3: want ',' or ']', found 2`},
		{`{"a":1 "b":2}`, `byte 7: want ',' or '}', found '"'`},
		{`[1}`, `byte 2: want ',' or ']', found '}'`},
		{`{"a" 1}`, `byte 5: a: want ':' after the name, found 1`},
		{`{a:1}`, `byte 1: want a name in double quotes, found a`},
		{`{"a":}`, `byte 5: a: want a value, found '}'`},
		{`{"a":[{"b":[1`, `byte 13: a[0].b: an array begins at byte 11 and does not end: the data is cut short`},
		{`{`, `byte 1: an object begins at byte 0 and does not end: the data is cut short`},
		{`{} {}`, `byte 3: want the end of the data, found '{'`},
		{`[] // why`, `byte 3: want the end of the data, found '/'`},
		{strings.Repeat("[", 65) + strings.Repeat("]", 65), `byte 64: ` + strings.Repeat("[0]", 20) + `…: arrays and objects are nested more than 64 deep`},
		{strings.Repeat(`{"a":`, 100000), `byte 320: a` + strings.Repeat(".a", 19) + `…: arrays and objects are nested more than 64 deep`},
	} {
		_, err := all(t, []byte(c.data))
		if want := "f.json: " + c.want; fmt.Sprint(err) != want {
			t.Errorf("%.80q:\ngot  %v\nwant %s", c.data, err, want)
		}
	}
}

func TestAccepted(t *testing.T) {
	for _, data := range []string{
		`null`, ` [ ] `, "\t{\r\n}", `-0`, `-0.0e-0`, `1E400`, `"\u0000\ud83d\ude00\"\\\/\b\f\n\r\t é 😀"`, `"\uffff"`,
		`{"a":{"a":[1,2.5,-3e7,true,false,null,""]},"":"","A":1}`,
		strings.Repeat("[", 64) + strings.Repeat("]", 64),
		`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"\u006a":10,"\"":11}`,
	} {
		if _, err := all(t, []byte(data)); err != nil {
			t.Errorf("%s: %v", data, err)
		}
		agree(t, []byte(data))
	}
}

func TestTyped(t *testing.T) {
	j := NewJSON("f.json", []byte(`[-9223372036854775808, 18446744073709551615, 0.1, true, false, null, "é\n", {"a":[1, 2]}, 9007199254740993]`), 8)
	err := j.Array(func(i int) (err error) {
		var got any
		switch i {
		case 0:
			got, err = j.Int(math.MinInt64, 0)
		case 1:
			got, err = j.Uint64()
		case 2:
			got, err = j.Float()
		case 3, 4:
			got, err = j.Bool()
		case 5:
			got = j.Null()
		case 6:
			got, err = j.String()
		case 7:
			var raw []byte
			raw, err = j.Raw()
			got = string(raw)
		default:
			got, err = j.Int(0, math.MaxInt64)
		}
		want := []any{int64(math.MinInt64), uint64(math.MaxUint64), 0.1, true, false, true, "é\n", `{"a":[1, 2]}`, int64(9007199254740993)}[i]
		if got != want {
			t.Errorf("element %d is %v, want %v", i, got, want)
		}
		return err
	})
	if err == nil {
		err = j.End()
	}
	if err != nil {
		t.Error(err)
	}
}

func TestMismatch(t *testing.T) {
	type read func(j *JSON) error
	integer := func(j *JSON) error { _, err := j.Int(1, 10); return err }
	for _, c := range []struct {
		data string
		read read
		want string
	}{
		{`{"a": 1.0}`, integer, `byte 6: a: want an integer from 1 to 10, found 1.0`},
		{`{"a": 1e3}`, integer, `byte 6: a: want an integer from 1 to 10, found 1e3`},
		{`{"a": 11}`, integer, `byte 6: a: want an integer from 1 to 10, found 11`},
		{`{"a": 9223372036854775808}`, integer, `byte 6: a: want an integer from 1 to 10, found 9223372036854775808`},
		{`{"a": "1"}`, integer, `byte 6: a: want a number, found a string`},
		{`{"a": -1}`, func(j *JSON) error { _, err := j.Uint64(); return err }, `byte 6: a: want an integer from 0 to 18446744073709551615, found -1`},
		{`{"a": 1e999}`, func(j *JSON) error { _, err := j.Float(); return err }, `byte 6: a: the number 1e999 is too large for a float64`},
		{`{"a": null}`, func(j *JSON) error { _, err := j.String(); return err }, `byte 6: a: want a string, found null`},
		{`{"a": {}}`, func(j *JSON) error { return j.Array(nil) }, `byte 6: a: want an array, found an object`},
		{`{"a": []}`, func(j *JSON) error { return j.Object(nil) }, `byte 6: a: want an object, found an array`},
		{`{"a": 0}`, func(j *JSON) error { _, err := j.Bool(); return err }, `byte 6: a: want true or false, found a number`},
		{`{"a": 0}`, func(*JSON) error { return nil }, `byte 6: a: the value was not read: a fault of the program, not of the data`},
		{`{"a": 0, "b": 1}`, func(j *JSON) error { _ = j.Skip(); return j.Skip() }, `byte 7: a: want a value, found ','`},
		{`{"a": [1, 2]}`, func(j *JSON) error { _ = j.Skip(); return j.Errorf("want %d elements", 3) }, `byte 6: a: want 3 elements`},
		{`{"a": 7}`, func(j *JSON) error { return j.Errorf("unknown") }, `byte 6: a: unknown`},
	} {
		j := NewJSON("f.json", []byte(c.data), 4)
		err := j.Object(func(string) error { return c.read(j) })
		if fmt.Sprint(err) != "f.json: "+c.want {
			t.Errorf("%s:\ngot  %v\nwant %s", c.data, err, c.want)
		}
		if again := j.Skip(); !errors.Is(again, err) {
			t.Errorf("%s: after the error %v the next is %v", c.data, err, again)
		}
	}
}

func TestAtLine(t *testing.T) {
	j := NewJSON("t.jsonl", []byte(`{"p": x}`), 4).AtLine(12)
	err := j.Skip()
	var e *Error
	if !errors.As(err, &e) || *e != (Error{File: "t.jsonl", Offset: -1, Line: 12, Column: 7, Field: "p", Msg: "want a value, found x"}) {
		t.Errorf("%#v", err)
	}
	if err.Error() != "t.jsonl:12:7: p: want a value, found x" {
		t.Error(err)
	}
	for want, e := range map[string]Error{
		"f:3: m":    {File: "f", Line: 3, Msg: "m"},
		"f: a.b: m": {File: "f", Offset: -1, Field: "a.b", Msg: "m"},
	} {
		if e.Error() != want {
			t.Errorf("%#v prints as %s", e, e.Error())
		}
	}
}

// The names of a large object are told apart, whatever their escapes, and the
// one that stands twice is found.
func TestManyNames(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"last":0`)
	for i := range 5000 {
		fmt.Fprintf(&b, `,"n%d":{"n%d":0,"\u00e%x":1}`, i, i, i%16)
	}
	whole := b.String() + "}"
	agree(t, []byte(whole))
	if _, err := all(t, []byte(whole)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"last", "n0", "n6", `n\u0037`, "n8", "n4999"} {
		if err := NewJSON("f", []byte(b.String()+`,"`+name+`":0}`), 4).Skip(); err == nil || !strings.Contains(err.Error(), "twice") {
			t.Errorf("a second %s is not found: %v", name, err)
		}
	}
}

// Every prefix of a document is refused, and every byte changed to another
// gives what encoding/json gives or an error.
func TestCutAndChanged(t *testing.T) {
	doc := []byte(`{"model":{"vocab":{"a":0,"\u00e9\ud83d\ude00":1},"merges":["a b",["c","d"]]},"x":[-1.5e+3,true,null]}`)
	for i := range doc {
		if _, err := all(t, doc[:i]); err == nil {
			t.Errorf("%s is read", doc[:i])
		}
	}
	for i := range doc {
		for c := range 256 {
			changed := bytes.Clone(doc)
			changed[i] = byte(c)
			agree(t, changed)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.5e-3,"\ud83d\ude00",null,true,{"b":{}}]}`, `[[[[]]]]`, `"\ud800"`, `01`, `{"a":0,"a":1}`, "\xef\xbb\xbf1", `-`, "[1,]", "\x1f\x8b",
		`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":0,"\u0061":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(agree)
}

// vocab is a tokenizer's vocabulary of 128,000 pieces, 2.4 MB.
func vocab() []byte {
	var b bytes.Buffer
	for i := range 128000 {
		fmt.Fprintf(&b, `,"Ġpiece%x":%d`, i*7919, i)
	}
	data := append(b.Bytes(), '}')
	data[0] = '{'
	return data
}

func readVocab(t testing.TB, data []byte) {
	j := NewJSON("tokenizer.json", data, 256)
	ids := make(map[string]int64, 128000)
	err := j.Object(func(name string) (err error) {
		ids[name], err = j.Int(0, 1<<31-1)
		return err
	})
	if err != nil || len(ids) != 128000 {
		t.Fatal(len(ids), err)
	}
}

// A vocabulary as large as those of today; BenchmarkVocab says how fast.
func TestLargeVocab(t *testing.T) { readVocab(t, vocab()) }

// A deep or repetitive document must cost what its size does.
func TestCostIsLinear(t *testing.T) {
	const n = 1 << 20
	for name, data := range map[string][]byte{
		"one string":      []byte(`"` + strings.Repeat(`\u0061`, n/6) + `"`),
		"one number":      bytes.Repeat([]byte("7"), n),
		"small objects":   []byte("[" + strings.Repeat(`{"a":0},`, n/8) + "0]"),
		"a large object":  vocab()[:n/18*18],
		"large, then few": []byte("[" + string(vocab()) + strings.Repeat(`,{"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0}`, n/50) + "]"),
		"long names":      []byte(`{"` + strings.Repeat("a", n/8) + `":0,"` + strings.Repeat("a", n/8-1) + `b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0}`),
	} {
		took := testtime.Of(func() { _ = NewJSON("f", data, 64).Skip() })
		if took > 2*time.Second {
			t.Errorf("%s: %d bytes take %v", name, len(data), took)
		}
	}
}

func BenchmarkVocab(b *testing.B) {
	data := vocab()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		readVocab(b, data)
	}
}

func BenchmarkSkip(b *testing.B) {
	data := vocab()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := NewJSON("f", data, 8).Skip(); err != nil {
			b.Fatal(err)
		}
	}
}
