package ngram

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"

	"argen"
)

// maxPreamble is how much text may stand before \data\, in bytes.
const maxPreamble = 1 << 20

// OpenARPA reads an ARPA file, plain or packed by gzip.
func OpenARPA(path string) (*Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	return ReadARPA(path, f)
}

// ReadARPA reads a model in the ARPA format, plain or packed by gzip; name
// stands in its errors, which are [*strict.Error] with line and column where
// the text is wrong. IDs follow the order of the unigrams.
//
//	\data\
//	ngram 1=4
//	ngram 2=2
//
//	\1-grams:
//	-0.5	</s>	0
//	…
//	\2-grams:
//	-0.3	<s> a
//	…
//	\end\
//
// Columns are parted by tabs or blanks, a back-off weight that is missing is
// 0, text before \data\ is skipped. What the format leaves open is decided as
// in KenLM: log10 probabilities above 0 are refused, so is an n-gram whose
// context is not in the file; a missing suffix is no fault and is backed off
// over. Unlike KenLM we refuse an n-gram that stands twice, and take a file
// without <s> or </s> (it has no BOS or EOS) or without <unk> (the vocabulary
// is closed).
func ReadARPA(name string, r io.Reader) (*Model, error) {
	hash := sha256.New()
	raw := bufio.NewReaderSize(io.TeeReader(r, hash), 1<<16)
	var text io.Reader = raw
	if magic, err := raw.Peek(2); err == nil && string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: unpacking: %w", name, err)
		}
		text = z
	}
	a := &arpaReader{lineReader: newLineReader(name, text)}
	if err := a.read(); err != nil {
		return nil, err
	}
	m := a.model()
	m.sha256 = hex.EncodeToString(hash.Sum(nil))
	return m, nil
}

// An arpaReader reads a file section by section into a model.
type arpaReader struct {
	*lineReader
	promised []promise
	arpaBuilder

	ids     map[string]uint32
	context []byte // the words of the n-gram before, without the last, as they stand
	parent  uint32 // the number of that context
}

// A promise is how many n-grams of an order are said to come, and where.
type promise struct {
	n    int64
	line int
}

func (a *arpaReader) read() error {
	if err := a.preamble(); err != nil {
		return err
	}
	if err := a.data(); err != nil {
		return err
	}
	a.begin(len(a.promised))
	for k := range a.promised {
		if want := fmt.Sprintf(`\%d-grams:`, k+1); string(bytes.TrimRight(a.text, " \t")) != want {
			return a.errorf(1, "heading", "expected %s, found %s", want, show(a.text))
		}
		if err := a.section(k); err != nil {
			return err
		}
	}
	return a.end()
}

// preamble skips what stands before \data\.
func (a *arpaReader) preamble() error {
	for size := 0; size <= maxPreamble; size += len(a.text) + 1 {
		switch err := a.next(); {
		case errors.Is(err, io.EOF):
			return a.errorAt(max(a.line, 1), 0, "", `expected \data\, found the end of the file: this is no ARPA file`)
		case err != nil:
			return err
		}
		if string(bytes.TrimRight(a.text, " \t")) == `\data\` {
			return nil
		}
	}
	return a.errorf(0, "", `expected \data\ in the first %d bytes: this is no ARPA file`, maxPreamble)
}

// data reads the counts and the heading after them.
func (a *arpaReader) data() error {
	total := int64(0)
	for {
		if err := a.next(); errors.Is(err, io.EOF) {
			return a.errorAt(a.line, 0, "", `expected a line "ngram N=COUNT" or \1-grams:, found the end of the file: it is cut short`)
		} else if err != nil {
			return err
		}
		if a.blank() {
			continue
		}
		if a.text[0] == '\\' {
			break
		}
		order := len(a.promised) + 1
		field := fmt.Sprintf("ngram %d", order)
		rest, ok := bytes.CutPrefix(bytes.TrimLeft(a.text, " \t"), []byte("ngram"))
		left, right, equal := bytes.Cut(rest, []byte("="))
		if !ok || !equal {
			return a.errorf(1, field, `expected "ngram %d=COUNT", found %s`, order, show(a.text))
		}
		if got := string(bytes.Trim(left, " \t")); got != strconv.Itoa(order) {
			return a.errorf(1, field, "expected the count of order %d, found that of order %s: orders go up by one from 1", order, show([]byte(got)))
		}
		if order > MaxOrder {
			return a.errorf(1, field, "more than %d orders: n-grams longer than that are not supported", MaxOrder)
		}
		n, ok := digits(bytes.Trim(right, " \t"))
		if total += n; !ok || total >= math.MaxUint32 {
			return a.errorf(1, field, "count %s: expected a whole number, all of them below 2^32 together", show(bytes.Trim(right, " \t")))
		}
		a.promised = append(a.promised, promise{n, a.line})
	}
	switch {
	case a.promised == nil:
		return a.errorf(1, "", `expected a line "ngram 1=COUNT", found %s`, show(a.text))
	case a.promised[0].n == 0:
		return a.errorAt(a.promised[0].line, 1, "ngram 1", "the count is 0: a model needs words")
	}
	return nil
}

// digits reads a number without a sign, at most 2^40.
func digits(text []byte) (n int64, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' || n > 1<<40 {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, len(text) > 0
}

// section reads the n-grams of k+1 words and the heading after them.
func (a *arpaReader) section(k int) error {
	field := fmt.Sprintf("%d-gram", k+1)
	p := a.promised[k]
	if k == 0 {
		a.ids = make(map[string]uint32, min(p.n, 1<<16))
	}
	a.context = nil
	n := int64(0)
	for {
		if err := a.next(); errors.Is(err, io.EOF) {
			return a.errorAt(a.line, 0, field, `found the end of the file after %d of %d and no heading: it is cut short`, n, p.n)
		} else if err != nil {
			return err
		}
		if a.blank() {
			continue
		}
		if a.text[0] == '\\' {
			break
		}
		if n++; n > p.n {
			return a.errorAt(p.line, 1, fmt.Sprintf("ngram %d", k+1), "the count is %d, but line %d is a further %s", p.n, a.line, field)
		}
		if err := a.ngram(k, field); err != nil {
			return err
		}
	}
	if n < p.n {
		return a.errorAt(p.line, 1, fmt.Sprintf("ngram %d", k+1), "the count is %d, but the file has %d and goes on with %s in line %d", p.n, n, show(a.text), a.line)
	}
	return a.close(k, field)
}

// end checks that nothing follows.
func (a *arpaReader) end() error {
	if string(bytes.TrimRight(a.text, " \t")) != `\end\` {
		return a.errorf(1, "heading", `expected \end\, found %s`, show(a.text))
	}
	for {
		switch err := a.next(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case !a.blank():
			return a.errorf(1, "", `expected the end of the file after \end\, found %s`, show(a.text))
		}
	}
}

// model returns what was read.
func (a *arpaReader) model() *Model {
	id := func(word string) argen.ID {
		if id, ok := a.ids[word]; ok {
			return argen.ID(id)
		}
		return argen.NoID
	}
	a.m.vocab.Unk, a.m.vocab.BOS, a.m.vocab.EOS = id(unkName), id(bosName), id(eosName)
	return a.finish()
}
