package checkpoint

import "math"

// Policy chooses the interval between snapshots from measured times in seconds.
type Policy struct {
	// Step is the time of a step, Replay the time to replay a step after a stop.
	Step, Replay float64
	// Snapshot is the time to write a snapshot; see [SnapshotSeconds].
	Snapshot float64
	// Stops is the mean number of steps between stops of the process.
	Stops float64
	// MaxShare bounds the fraction of the total time that is spent on snapshots, such as
	// 0.1; 0 means no bound.
	MaxShare float64
	// MaxResume bounds the time to resume, in seconds; 0 means no bound.
	MaxResume float64
}

// SnapshotSeconds estimates Policy.Snapshot from a measured rate in bytes a second.
func SnapshotSeconds(size int64, rate float64) float64 { return float64(size) / rate }

// Interval returns the number of steps from one snapshot to the next, at least 1.
//
// With a snapshot every k steps, each step costs Snapshot/k for snapshots, and a stop, once
// in Stops steps, costs the replay of k/2 steps on average. The sum
//
//	Snapshot / k + k Replay / (2 Stops)
//
// is smallest at k = sqrt(2 Stops Snapshot / Replay): Young, "A first order
// approximation to the optimum checkpoint interval", CACM 17 (1974). MaxResume lowers k to
// MaxResume / Replay. MaxShare has priority and raises k to
// Snapshot (1 - MaxShare) / (MaxShare Step), at which k steps and a snapshot spend that
// fraction on the snapshot. For a Replay of 0 the result is [NoSnapshots].
func (p Policy) Interval() uint64 {
	k := math.Sqrt(2 * p.Stops * p.Snapshot / p.Replay)
	if p.MaxResume > 0 {
		k = math.Min(k, math.Floor(p.MaxResume/p.Replay))
	}
	if p.MaxShare > 0 {
		k = math.Max(k, math.Ceil(p.Snapshot*(1-p.MaxShare)/(p.MaxShare*p.Step)))
	}
	if p.Replay <= 0 || !(k < float64(NoSnapshots)) {
		return NoSnapshots
	}
	return max(1, uint64(k))
}

// NoSnapshots is an interval that is longer than any run.
const NoSnapshots uint64 = 1 << 53

// Due reports whether a snapshot is due: Interval steps since the last one.
func (p Policy) Due(s Status) bool { return s.Steps-s.Snapshot.At >= p.Interval() }
