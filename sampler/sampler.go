// Package sampler holds the stages between a model's distribution and the
// draw, one a file. [Table] lists them in the order in which their flags put
// them into the chain; [Parse] reads a chain from text and [Format] writes it.
//
// A stage does one of two things to the candidates: it drops some (top_k,
// top_p, min_p) or changes the logits of all (temperature). What is left is
// renormalised, so the order matters:
//
//	temperature=2,top_p=0.9   flattens, then keeps nine tenths of the flat one
//	top_p=0.9,temperature=2   keeps nine tenths of the model's, then flattens
//
// No stage at all is the plain draw from the model's own distribution, which
// is what a chain of [Default] does too. Every truncation and every temperature
// other than 1 draws from another distribution than the model learned.
//
// # Syntax of a chain
//
//	chain  = [ stage { "," stage } ]
//	stage  = name [ "=" value { "/" value } ]
//	value  = [ parameter ":" ] ( a decimal number | word | "text" )
//
// The values stand in the order of the stage's parameters, or after the names
// of their parameters; those left out take their defaults. A text that has
// commas, slashes, quotes or blanks at its ends stands in quotes, with the
// escapes of Go, among them \" \\ \n \u00e9. Blanks around names and values do
// not count. The empty chain has no stage, and no stage stands in a chain twice.
package sampler
