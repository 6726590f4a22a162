// Package tokenizer turns text into the numbers that a model reads, and back.
//
// A model knows no text, only ids from 0 to V−1. What an id stands for is the
// tokenizer's affair, and there is a choice to make. With few kinds of tokens
// the vocabulary is small but texts are long; with many it is the other way
// round:
//
//	it’s late           text
//	69 74 e2 80 99 …    Bytes: any text, 258 ids, one for each byte
//	i t ’ s ␣ l a t e   Chars: the characters of one text
//	it ’s ␣late         BPE: frequent pieces of words, down to single bytes
//	it ’s late          Story: the words and marks of the story grammar
//	it’s late           Words: what stands between blanks
//
// Every kind is an argen.Tokenizer. [Explain] says where in a text each token
// stands; [Marshal] and [Unmarshal] keep a tokenizer in a model's file, by the
// table in load.go.
//
// # Byte-pair encoding
//
// [TrainBPE] begins with the 256 bytes and makes the pair of neighbours that
// occurs most often in the text a new token, again and again, until there are
// as many tokens as wanted. The list of these merges is the tokenizer: [BPE]
// does them on a text in the same order, and [BPE.Merges] shows it step by
// step. A character of several bytes may be split over tokens; then a piece
// alone is not valid UTF-8, and only put together do they show it.
//
// [ReadBPE] and [BPE.WriteJSON] read and write tokenizer.json, the file of
// Hugging Face's tokenizers library, with the same ids; the reference of the
// tests is that library's.
//
// # Text that is not UTF-8
//
// Bytes and Words take any bytes. Chars and BPE first put one U+FFFD in place
// of each maximal invalid subpart ([Valid]), as the reference programs do.
package tokenizer
