package checkpoint

import "math"

// Policy says when a snapshot is worth its time. All times are measured seconds.
type Policy struct {
	// Step is a step's time, Replay what it takes to replay one after a stop.
	Step, Replay float64
	// Snapshot is the time to write a snapshot: size / rate, see [SnapshotSeconds].
	Snapshot float64
	// Stops is the mean number of steps between stops of the process.
	Stops float64
	// MaxShare bounds the share of the whole time that goes into snapshots, as 0.1.
	MaxShare float64
	// MaxResume bounds the time to resume, in seconds; 0: no bound.
	MaxResume float64
}

// SnapshotSeconds estimates Policy.Snapshot from a measured rate in bytes a second.
func SnapshotSeconds(size int64, rate float64) float64 { return float64(size) / rate }

// Interval returns the number of steps from one snapshot to the next, at least 1.
//
// With a snapshot every k steps, a step costs Snapshot/k for it, and a stop, once in
// Stops steps, costs the replay of k/2 steps on average. The sum
//
//	Snapshot / k + k Replay / (2 Stops)
//
// is smallest at k = sqrt(2 Stops Snapshot / Replay): Young, "A first order
// approximation to the optimum checkpoint interval", CACM 17 (1974). MaxResume
// lowers k to MaxResume / Replay. MaxShare, which prevails, raises it to
// Snapshot (1 - MaxShare) / (MaxShare Step), where k steps and a snapshot spend that
// share on the snapshot. A Replay of 0 needs no snapshots: the result is [NoSnapshots].
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

// NoSnapshots is an interval that no run reaches.
const NoSnapshots uint64 = 1 << 53

// Due reports whether a snapshot should be taken now.
func (p Policy) Due(s Status) bool { return s.Steps-s.Snapshot.At >= p.Interval() }
