package ngram

import (
	"bytes"
	"strconv"
	"unsafe"
)

// ngram reads one line of the section of k+1 words.
func (a *arpaReader) ngram(k int, field string) error {
	var cols [MaxOrder + 2]span
	n := 0
	for at := 0; ; n++ {
		for at < len(a.text) && blankByte(a.text[at]) {
			if a.text[at] == '\t' && at+1 < len(a.text) && a.text[at+1] == '\t' {
				return a.errorf(at+2, field, "expected a word or number between two tabs, found nothing")
			}
			at++
		}
		if at == len(a.text) {
			break
		}
		if n == k+3 {
			return a.errorf(at+1, field, "expected %s, found a further column %s", shape(k), show(a.text[at:]))
		}
		from := at
		for at < len(a.text) && !blankByte(a.text[at]) {
			at++
		}
		cols[n] = span{from, at}
	}
	prob, why := number(cols[0].of(a.text))
	if why == "" && prob > 0 {
		why = "it is above 0, so no probability"
	}
	if why != "" {
		return a.errorf(cols[0].from+1, field, "log10 probability %s: %s", show(cols[0].of(a.text)), why)
	}
	if n < k+2 {
		return a.errorf(len(a.text)+1, field, "expected %s, found %d columns: a word is missing", shape(k), n)
	}
	e := entry{prob: prob, line: uint32(a.line)}
	if n == k+3 {
		text := cols[k+2].of(a.text)
		e.backoff, why = number(text)
		if last := len(a.promised); why == "" && k+1 == last && e.backoff != 0 {
			why = "n-grams of the highest order have none; or the " + field + " has too many words"
		}
		if why != "" {
			return a.errorf(cols[k+2].from+1, field, "backoff %s: %s", show(text), why)
		}
	}
	if k == 0 {
		return a.unigram(cols[1], field, e)
	}
	if err := a.resolve(cols[1:k+2], field, &e); err != nil {
		return err
	}
	a.add(e)
	return nil
}

// unigram takes a new word.
func (a *arpaReader) unigram(at span, field string, e entry) error {
	word := string(at.of(a.text))
	if first, twice := a.ids[word]; twice {
		return a.errorf(at.from+1, field, "the word %s stands twice, first in line %d", show([]byte(word)), a.entries[first].line)
	}
	if len(a.ids) == maxVocab {
		return a.errorf(at.from+1, field, "more than %d words", maxVocab)
	}
	e.word = uint32(len(a.ids))
	e.parent = root
	a.ids[word] = e.word
	a.m.vocab.Words = append(a.m.vocab.Words, word)
	a.add(e)
	return nil
}

// resolve finds the last word and the context of an n-gram.
func (a *arpaReader) resolve(words []span, field string, e *entry) error {
	last := words[len(words)-1]
	id, ok := a.ids[string(last.of(a.text))]
	if !ok {
		return a.errorf(last.from+1, field, "the word %s has no unigram", show(last.of(a.text)))
	}
	e.word = id
	context := a.text[words[0].from:last.from]
	if a.context != nil && bytes.Equal(context, a.context) {
		e.parent = a.parent
		return nil
	}
	for i, w := range words[:len(words)-1] {
		id, ok := a.ids[string(w.of(a.text))]
		if !ok {
			return a.errorf(w.from+1, field, "the word %s has no unigram", show(w.of(a.text)))
		}
		if i == 0 {
			a.parent = id
		} else if a.parent = a.successor(i, a.parent, id); a.parent == root {
			return a.errorf(words[0].from+1, field, "its context %s is no %d-gram of this file", show(bytes.TrimRight(context, " \t")), len(words)-1)
		}
	}
	a.context = append(a.context[:0], context...)
	e.parent = a.parent
	return nil
}

// A span is a column of a line.
type span struct{ from, to int }

func (s span) of(text []byte) []byte { return text[s.from:s.to] }

func blankByte(c byte) bool { return c == ' ' || c == '\t' }

// shape describes a line of the section of k+1 words.
func shape(k int) string {
	if k == 0 {
		return "a log10 probability, one word and maybe a backoff"
	}
	return "a log10 probability, " + strconv.Itoa(k+1) + " words and maybe a backoff"
}

// number reads a decimal number; why says what is wrong with it.
func number(text []byte) (v float32, why string) {
	for _, c := range text { // ParseFloat also takes inf, nan, hexadecimal and _
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			return 0, "expected a finite number"
		}
	}
	f, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 32)
	if err != nil {
		return 0, "expected a finite number"
	}
	return float32(f) + 0, "" // + 0 makes −0 to 0
}
