// Package run has the stores of runs: the manifest in fold.json, the loop that proves step by
// step, resumption, forks, the settlement and the compression of a finished run, and the owner's check.
//
// It is the only package that knows package checkpoint. A store is derived from its manifest
// and bound to it: model, key, prompt, plan and the seed of the blinds (type Manifest). Every
// record of the store is one step: its state, the proof of all steps up to it, and what replays
// it. Whatever stops a run, the store is whole: the step at work is kept or dropped.
package run
