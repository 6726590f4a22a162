package tokenizer

import "unicode/utf8"

// Files of byte-level tokenizers spell a token with one printable letter for
// each of its bytes, so that JSON can hold any token: printable bytes of
// Latin-1 are themselves, and the 68 others are the characters from U+0100 on,
// in order. A blank is Ġ, a line feed Ċ. (Radford et al., Language Models are
// Unsupervised Multitask Learners, 2019; bytes_to_unicode of its program.)
var byteLetters, letterBytes = func() (letters [256]rune, bytes [0x144]int16) {
	for i := range bytes {
		bytes[i] = -1
	}
	next := rune(0x100)
	for b := range letters {
		letters[b] = rune(b)
		if b < '!' || b > '~' && b < 0xA1 || b == 0xAD {
			letters[b] = next
			next++
		}
		bytes[letters[b]] = int16(b)
	}
	return letters, bytes
}()

// Spell returns bytes as the vocabulary of a byte-level tokenizer spells them, a
// printable letter a byte: "Ġthe" for " the".
func Spell(bytes []byte) string {
	name := make([]byte, 0, 2*len(bytes))
	for _, b := range bytes {
		name = utf8.AppendRune(name, byteLetters[b])
	}
	return string(name)
}

// appendSpelt appends to dst the bytes that a vocabulary spells as name. It
// reports false if a character of name is no letter for a byte.
func appendSpelt(dst []byte, name string) ([]byte, bool) {
	for _, r := range name {
		if int(r) >= len(letterBytes) || letterBytes[r] < 0 {
			return dst, false
		}
		dst = append(dst, byte(letterBytes[r]))
	}
	return dst, true
}
