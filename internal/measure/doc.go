// Package measure measures what a whole run costs on a model of a named shape with random weights: the model is
// written into a folder and committed to; then text is generated, proven, compressed and verified by the
// functions that every run uses.
//
// Core time is accounted by stage. The functions tell when a stage begins (progress.Entered), and a stage is
// charged with the core time of the process, by getrusage, until the next one begins. The stages so sum to the
// core time of the whole call, and work in the background, such as the collection of garbage, is charged to the
// stage during which it happens. The memory of a stage is its peak without mapped files, sampled.
package measure
