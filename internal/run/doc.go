// Package run manages runs in stores: the manifest fold.json, the loop that proves step by
// step, resumption, forks, the settlement and compression of a finished run, and the
// owner's check.
//
// It is the only package that uses package checkpoint. A store is derived from its manifest
// and bound to it: model, key, prompt, plan and the seed of the blinding factors (type
// Manifest). Every record of the store is one step: the state after it, the proof of all
// steps up to it, and the data that replays it. Whatever stops a run, the store is
// consistent: the step in progress is either kept or dropped.
package run
