// Package train trains small transformers of the Llama family on a CPU:
// RMSNorm, rotary positions, multi-head or grouped-query attention, SwiGLU,
// tied embeddings, no biases.
//
// Nothing is differentiated by a library. Each operation stands beside its
// derivative, written out by hand and checked against finite differences:
//
//	ops.go        norm, rotation, SiLU, dropout
//	attention.go  softmax(QKᵀ/√k)·V
//	head.go       logits and cross-entropy
//	net.go        the layers one after the other, and back
//	generate.go   the same forwards, a token at a time, to write
//
// What a step does stands in [Trainer.Step]: take a batch, compute loss and
// gradient, clip, update. The batch is cut into a fixed number of shards that
// run in parallel, each with its own gradient; the gradients are added in the
// order of the shards. So the weights are the same bits for a seed whatever
// the number of cores.
//
// What a model learns from is a [Source]: text, or with [Verdict] nothing but
// judgements of what it wrote itself.
//
// The batch, the dropout and the rate of a step are functions of the step's
// number, so a [Checkpoint] needs no state of a random generator: weights,
// the optimizer's moments and the number are all.
package train
