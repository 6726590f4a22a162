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
//	▁it ’ s ▁late       Unigram, WordPiece: the same with other ways to find them
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
// # Tokenizers of other models
//
// [ReadHuggingFace] reads the tokenizer.json of a model, [ReadGGUF] the vocabulary in a
// GGUF. Both give a [Pipeline]: [BPE] of bytes (GPT-2, Llama 3, Qwen, gpt-oss, DeepSeek)
// or of SentencePiece (Llama 2, Mistral, Gemma), [Unigram] or [WordPiece]. Ids and texts
// are those of Hugging Face's tokenizers library, the reference of the tests. A
// component that is not known is refused by its name: wrong ids would look like right
// ones. Where a pre-tokenizer's expression is a well-known one, code written for it
// finds the words; others go through Go's regular expressions, which can do all but look
// around, with a limit to what they may read.
//
// What differs from the library:
//
//   - BertNormalizer, StripAccents and Punctuation know the marks and punctuation of
//     Unicode 15, the library those of Unicode 8 there; NFKC and NFKD take 72 characters
//     apart that it does not know yet.
//   - Truncation and padding of a file are refused, except null: the model would see
//     another text than was given.
//   - Merges with dropout, the pre-tokenizer UnicodeScripts, the normalizers Nmt,
//     Precompiled and ByteLevel, and the decoders BPEDecoder and CTC are refused.
//   - Where the normalizer has changed characters, a token stands for all bytes of those
//     that it was made of; a token of a text that was put in stands for none.
//
// # Text that is not UTF-8
//
// Bytes and Words take any bytes. Chars and BPE first put one U+FFFD in place
// of each maximal invalid subpart ([Valid]), as the reference programs do.
package tokenizer
