// Package grammar says which tokens may come next if the text is to have a
// given form: that of a regular expression, of a grammar in GBNF, or of a JSON
// Schema.
//
// All three become one thing, a program: rules, each a graph whose arrows take
// a byte or call another rule (a recursive transition network, Woods 1970). It
// reads bytes, not characters, so a token may end inside a character and the
// next one begin there. Where the text stands in the grammar is a place: all
// points of the graphs that may have been reached, each with the calls it has
// to return from. Those are kept as a graph in which equal ends of different
// stacks are one (a graph-structured stack, Tomita 1985), so that a grammar
// that can be read in many ways costs no more than the length of the text, and
// a place never changes: a step taken back, or a fork, needs no copy.
//
// The tokens allowed at a place are found by walking the trie of all tokens
// with the grammar: a beginning that the grammar does not know rules out all
// tokens that have it. On that walk places become the states of an automaton
// whose arrows are computed when they are first needed and kept (as RE2 does
// for regular expressions), so that the second walk through the same places
// costs a look-up a node, and the mask of a place is computed once.
//
// What leads to no end is taken out of a program before it runs, so wherever a
// text stands some text goes on. Whether some token does is another question in
// a vocabulary of words: there a token is allowed only if others lead on from
// it, which is looked for a few tokens far.
package grammar
