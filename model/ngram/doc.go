// Package ngram holds n-gram language models: the probability of the next
// token given the n-1 before it, learnt by counting.
//
//	P(w | h) = p(w | h)              if the n-gram hw is in the model
//	         = b(h) · P(w | h′)      if not; h′ is h without its first token
//
// b(h) is the back-off weight of the context h, 1 if h is unknown. A model is
// made by [Train] from sentences of ids or by [TrainText] from plain text,
// read by [ReadARPA] from the format all n-gram tools share, or opened by
// [Open] from argen's own binary file, which is mapped and ready at once.
// [State.Explain] says where a probability comes from.
//
//	text → ids → sorted windows → counts (a trie) → smoothing → Model
//	count.go     sort.go          trie.go           smooth.go   model.go
//
// The usual smoothing is interpolated modified Kneser–Ney as KenLM's lmplz
// estimates it; maximum likelihood, add-k, Witten–Bell and stupid backoff are
// there to be compared with.
//
// # Layout
//
// All n-grams stand in one array, unigrams first, then bigrams in the order of
// their contexts, and so on; so the successors of a context lie side by side.
// A [Context] holds the places of all suffixes of the tokens so far that the
// model knows, the shortest first. One look-up asks a hash table for the token
// after each of them; the longest that knows it decides. The whole next-token
// distribution is the unigram vector, scaled once, then overwritten by the
// successors of ever longer contexts.
package ngram
