// Package tui is argen step in a terminal: the loop of a language model,
// predict, choose, append, repeat, at a pace at which it can be followed.
//
//	┌ who writes: model, seed, chain; branch; playing or paused
//	│ PREDICT → choose → append → repeat
//	│ the context, and the place the next token will enter
//	│ the candidates: P as the model says, P after the chain, what was cut by which stage
//	│ P(“garden” | … in the) = 0.3125 · rank 1 · 1.68 bits
//	│ [0,1) divided among the candidates, and where u fell
//	│ entropy and surprisal so far, ln P, perplexity
//	└ keys
//
// It is written as bubbletea programs are: Update changes the model by a
// message, View makes text of it. Neither waits: whatever needs the language
// model is a command ([op]) that ends in a message, and time comes as messages
// too, so tests hand in both.
//
// A token passes four beats. It is appended to the run, and told to the log,
// at the end of the last one; until then another may be picked:
//
//	beat    phase     what is new on the screen
//	deal    predict   the distribution of the next token
//	fall    choose    u falls on [0,1)
//	pick    choose    the token whose part holds u, and its P
//	enter   append    the token in the context
//
// Nothing that a token, prompt or name holds reaches the terminal as a control
// byte: all text passes [screen.clean] first.
package tui
