// Package fold proves what a LLaMA-architecture model said. It turns the model into an
// exact function on integers, commits to the weights once, and proves runs of it: step
// by step, durable and resumable, folded as it goes into a proof of constant size, which
// becomes one short file in zero knowledge.
//
// # The way of a run
//
// [ImportModel] makes an integer model of a model as people have it on disk, and
// [OpenModel] opens it. [Setup] makes commitment keys, [Model.Commit] commits to the
// weights. [EstimateRun] says what proving will take; [Prove] generates and proves, step
// by step in a store, and [Resume] goes on. [Compress] makes one short proof of a finished
// run, which anybody checks with [Verify]; of a store that is its owner's check.
//
// Besides, [Model.Run] only generates, [Evaluate] compares with the float model, [Bench]
// measures, and [Inspect] tells any file of fold's from its header. Two small models are
// embedded ([EmbeddedModels]): every function that takes a model takes their names as
// well as paths.
//
// # Guarantees
//
// What a model says is a function of its folder and the tokens alone, bit for bit,
// on every platform and with any number of cores; the rules are in package
// fold.example/fold/llama. Everything read from disk is checked before it is used. Files and
// folders appear whole under their names or not at all.
//
// # Conventions
//
// Long calls take a context, and report what happens to a function that is handed
// each [Event] on the calling goroutine; it may be nil. Sizes are in bytes and
// times in seconds unless their type says otherwise. Errors say what was found and
// what was expected; those that callers must tell apart wrap an Err... of this
// package, and some carry a [Detail], which says what is missing or in the way.
package fold
