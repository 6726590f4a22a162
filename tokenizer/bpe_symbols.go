package tokenizer

import (
	"fmt"
	"unicode/utf8"

	"argen"
)

// appendWord implements model.
func (t *BPE) appendWord(ids []argen.ID, word string) ([]argen.ID, error) {
	if t.ignoreMerges {
		if id := t.wholeWord(word); id != argen.NoID {
			return append(ids, id), nil
		}
	}
	if t.cuts == nil || len(word) <= longestCached {
		return t.appendMerged(ids, word)
	}
	// A word of SentencePiece may be the whole text: its parts come again and
	// again.
	from := 0
	last, size := utf8.DecodeRuneInString(word)
	for at := size; at < len(word); at += size {
		var r rune
		r, size = utf8.DecodeRuneInString(word[at:])
		if _, joined := t.cuts[[2]rune{last, r}]; !joined && t.knows(last) && t.knows(r) {
			var err error
			if ids, err = t.appendPart(ids, word[from:at]); err != nil {
				return ids, err
			}
			from = at
		}
		last = r
	}
	return t.appendPart(ids, word[from:])
}

// appendPart is appendMerged with what is remembered.
func (t *BPE) appendPart(ids []argen.ID, part string) ([]argen.ID, error) {
	entry, slot := t.cache.find(part)
	if entry != nil {
		return append(ids, entry.ids...), nil
	}
	from := len(ids)
	ids, err := t.appendMerged(ids, part)
	if err == nil {
		slot.put(part, ids[from:])
	}
	return ids, err
}

func (t *BPE) appendMerged(ids []argen.ID, word string) ([]argen.ID, error) {
	from := len(ids)
	ids, err := t.appendSymbols(ids, word)
	if err != nil {
		return ids, err
	}
	return ids[:from+len(t.mergeAll(ids[from:]))], nil
}

// wholeWord returns the token that a word is, or NoID.
func (t *BPE) wholeWord(word string) argen.ID {
	name := word
	if t.byteLevel {
		name = Spell([]byte(word))
	}
	if id, ok := t.ids[name]; ok && !t.control[id] {
		return id
	}
	return argen.NoID
}

// knows reports whether the vocabulary has a character.
func (t *BPE) knows(r rune) bool {
	if r < utf8.RuneSelf {
		return t.letters[r] != argen.NoID
	}
	_, ok := t.others[r]
	return ok
}

// appendSymbols appends the tokens of a word's bytes or characters.
func (t *BPE) appendSymbols(ids []argen.ID, word string) ([]argen.ID, error) {
	if t.byteLevel && t.unk == "" && !t.byteFallback && t.prefix == "" && t.suffix == "" {
		for i := range len(word) {
			if id := t.bytes[word[i]]; id != argen.NoID {
				ids = append(ids, id)
			}
		}
		return ids, nil
	}
	err := t.eachSymbol(word, func(id argen.ID, _, _ int) { ids = append(ids, id) })
	return ids, err
}

// eachSymbol calls yield for each symbol of a word with where it stands. Like the
// reference it has the unknown token, of which several may be one, wait for the
// next known character.
func (t *BPE) eachSymbol(word string, yield func(id argen.ID, start, end int)) error {
	waits, from, to := false, 0, 0 // an unknown token
	var err error
	each := func(id argen.ID, letter string, start, end int) {
		if id != argen.NoID {
			if waits {
				yield(t.unknown, from, to)
				waits = false
			}
			yield(id, start, end)
			return
		}
		if t.fallBack(letter, start, end, yield) || t.unk == "" {
			return
		}
		if t.unknown == argen.NoID {
			err = fmt.Errorf("%s is not in the vocabulary, nor is unk_token, %s", quoteWord(letter), quoteWord(t.unk))
		}
		if waits && !t.fuseUnk {
			yield(t.unknown, from, to)
			waits = false
		}
		if !waits {
			from = start
		}
		waits, to = true, end
	}
	if t.byteLevel {
		for i := range len(word) {
			id := t.bytes[word[i]]
			letter := t.affixed(string(byteLetters[word[i]]), i == 0, i+1 == len(word))
			if t.prefix != "" || t.suffix != "" {
				id = t.idOf(letter)
			}
			each(id, letter, i, i+1)
		}
	} else {
		for i, r := range word {
			end := i + utf8.RuneLen(r)
			letter := word[i:end]
			id := argen.NoID
			switch {
			case t.prefix != "" || t.suffix != "":
				letter = t.affixed(letter, i == 0, end == len(word))
				id = t.idOf(letter)
			case r < utf8.RuneSelf:
				id = t.letters[r]
			default:
				if known, ok := t.others[r]; ok {
					id = known
				}
			}
			each(id, letter, i, end)
		}
	}
	if waits {
		yield(t.unknown, from, to)
	}
	return err
}

// affixed returns a symbol with what says that it begins no word, or ends one.
func (t *BPE) affixed(letter string, begins, ends bool) string {
	if !begins {
		letter = t.prefix + letter
	}
	if ends {
		letter += t.suffix
	}
	return letter
}

func (t *BPE) idOf(name string) argen.ID {
	if id, ok := t.ids[name]; ok {
		return id
	}
	return argen.NoID
}

// fallBack yields the tokens of a symbol's bytes. It reports false if one is
// missing.
func (t *BPE) fallBack(letter string, start, end int, yield func(id argen.ID, start, end int)) bool {
	if t.fallback == nil {
		return false
	}
	for i := range len(letter) {
		if t.fallback[letter[i]] == argen.NoID {
			return false
		}
	}
	for i := range len(letter) {
		if at := start + i; len(letter) == end-start {
			yield(t.fallback[letter[i]], at, at+1)
		} else {
			yield(t.fallback[letter[i]], start, end)
		}
	}
	return true
}

// spread implements model.
func (t *BPE) spread(word string, ids []argen.ID) []place {
	var symbols []argen.ID
	var at []place
	_ = t.eachSymbol(word, func(id argen.ID, start, end int) {
		symbols, at = append(symbols, id), append(at, place{start, end})
	})
	if len(ids) == 1 && t.ignoreMerges && t.wholeWord(word) == ids[0] { // whatever the symbols are
		return []place{{0, len(word)}}
	}
	places := make([]place, len(ids))
	next := 0
	for i, id := range ids {
		size, from := t.size(id, next), next
		for left := size; left > 0 && next < len(symbols); next++ {
			left -= t.size(symbols[next], next)
		}
		if from == next {
			places[i] = place{len(word), len(word)}
			continue
		}
		places[i] = place{at[from].start, at[next-1].end}
		if i > 0 { // an unknown token that waited stands for nothing behind
			places[i].end = max(places[i].end, places[i-1].end)
			places[i].start = min(max(places[i].start, places[i-1].end), places[i].end)
		}
	}
	return places
}

// size is the length of a token's name without what says that it begins no word, if
// it is not the first symbol.
func (t *BPE) size(id argen.ID, at int) int {
	n := len(t.Name(id))
	if at > 0 {
		n -= len(t.prefix)
	}
	return max(n, 1)
}
