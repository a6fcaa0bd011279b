// Package measure measures the cost of a whole run on a model of a named shape with random
// weights. It writes the model to a folder and commits to it; then it generates, proves,
// compresses and verifies with the functions that every run uses.
//
// Core time is accounted by stage. The functions report when a stage begins
// (progress.Entered). A stage is charged with the core time of the process, by getrusage,
// until the next stage begins. The stages therefore sum to the core time of the whole call,
// and background work, such as garbage collection, is charged to the stage during which it
// happens. The memory of a stage is its sampled peak without mapped files.
package measure
