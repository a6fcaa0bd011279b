// Package fold proves the outputs of LLaMA-architecture models. It turns a model into an
// exact function on integers, commits to its weights once, and proves runs of it step by
// step, durably and resumably. The steps are folded into a proof of constant size, which
// becomes one short zero-knowledge proof.
//
// # How a run is made
//
// [ImportModel] converts a model from its usual formats into an integer model, and
// [OpenModel] opens it. [Setup] makes commitment keys, and [Model.Commit] commits to the
// weights. [EstimateRun] estimates the cost of proving. [Prove] generates and proves, step
// by step in a store, and [Resume] continues. [Compress] makes one short proof of a
// finished run, which anybody checks with [Verify]. For a store, Verify makes the owner's
// check.
//
// [Model.Run] only generates, [Evaluate] compares a model with the float model, [Bench]
// measures the proof of a step and [Measure] a whole run, and [Inspect] describes any of
// fold's files from its header. Two small models are embedded ([EmbeddedModels]): every
// function with a model argument accepts their names as well as paths.
//
// # Guarantees
//
// The output of a model is a function of its folder and the tokens alone, bit for bit, on
// every platform and with any number of cores; package fold.example/fold/llama defines the
// function. Everything read from disk is checked before it is used. Files and folders
// appear under their names complete or not at all.
//
// # Conventions
//
// Long calls take a context and a callback, which may be nil. The callback receives each
// [Event] on the calling goroutine. Sizes are in bytes and times in seconds unless their
// type says otherwise. Errors say what was found and what was expected. Errors that callers
// must distinguish wrap an Err... variable of this package, and some carry a [Detail] of
// what is missing or in the way.
package fold
