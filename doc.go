// Package fold turns a LLaMA-architecture model into an exact function on
// integers, runs it and measures it: the function whose execution is to be proven
// step by step and folded into one proof.
//
// # What works
//
// [ImportModel] makes an integer model of a model as people have it on disk,
// [OpenModel] opens it, [Model.Run] generates text, [Evaluate] compares it with
// the float model, [Setup] makes commitment keys, [Model.Commit] commits to the
// weights and [Inspect] tells any file of fold's from its header. [Prove] generates
// and proves, step by step in a store; [Resume] goes on, [Compress] makes one short
// proof of a finished run, [Verify] checks one or the other, [EstimateRun] says before what it will take. Two small models are embedded
// ([EmbeddedModels]): every function that takes a model takes their names as well
// as paths.
//
// # Guarantees
//
// What a model says is a function of its folder and the tokens alone, bit for bit,
// on every platform and with any number of cores; the rules are in package
// fold/llama. Everything read from disk is checked before it is used. Files and
// folders appear whole under their names or not at all.
//
// # Conventions
//
// Long calls take a context, and report what happens to a function that is handed
// each [Event] on the calling goroutine; it may be nil. Sizes are in bytes and
// times in seconds unless their type says otherwise. Errors say what was found and
// what was expected; those that callers must tell apart wrap an Err... of this
// package, and some carry a Hint() string on what to do.
package fold
