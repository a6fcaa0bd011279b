package commit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/consensys/gnark-crypto/ecc/bn254"
)

// A record says that the first n points of a key have passed pointsCheck with certain
// elements of G2. It is the SHA-256 of
//
//	recordDomain; n, 8 bytes; the number of elements of G2, a byte
//	these elements as in a key file
//	the SHA-256 of each chunk of 4096 of the n points as in a key file, the last may be shorter
//
// with digests of the bytes that were read, never those that a file states. Whoever finds
// the record of what they have read has read what was checked, whoever wrote the file.
//
// A record is kept as an empty file with its name, which the system creates at once or not
// at all, in the folder fold/keys of the user's cache folder: never in or beside the key file.
type record [sha256.Size]byte

// recordDomain names the version of the check. It changes with every change of pointsCheck.
const recordDomain = "fold/commit/checked/v1"

// recordedFrom is the least number of points that is recorded: checking fewer takes less
// than a tenth of a second.
const recordedFrom = 1 << 15

// newRecord is the record of n points with the digests of their chunks.
func newRecord(n int, g2 []bn254.G2Affine, sums []byte) (r record) {
	d := sha256.New()
	d.Write([]byte(recordDomain))
	d.Write(binary.LittleEndian.AppendUint64(nil, uint64(n)))
	d.Write([]byte{byte(len(g2))})
	for i := range g2 {
		d.Write(bytesOfG2(&g2[i]))
	}
	d.Write(sums)
	d.Sum(r[:0])
	return r
}

func (r record) String() string { return hex.EncodeToString(r[:]) }

// remembered says whether n points with these digests have been checked before.
func remembered(n int, g2 []bn254.G2Affine, sums []byte) bool {
	if n < recordedFrom {
		return false
	}
	dir := openRecords()
	if dir == nil {
		return false
	}
	defer dir.Close()
	info, err := dir.Lstat(newRecord(n, g2, sums).String())
	return err == nil && info.Mode().IsRegular() && ownFile(info)
}

// remember records points that have been checked: all n, and the first 2^k for each k,
// which commands open. Where there is no folder for records they are checked again.
func remember(n int, g2 []bn254.G2Affine, sums []byte) {
	if n < recordedFrom {
		return
	}
	dir := openRecords()
	if dir == nil {
		return
	}
	defer dir.Close()
	keep := func(n int) {
		r := newRecord(n, g2[:1+openingPowers(n)], sums[:sha256.Size*chunksOf(n)])
		if f, err := dir.OpenFile(r.String(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil {
			f.Close()
		}
	}
	for k := recordedFrom; k < n; k *= 2 {
		keep(k)
	}
	keep(n)
}

// openRecords opens the folder of records, which is made if there is none; nil if there
// cannot be one or another user could write to it: if it or the folder above it is a link,
// another user's, or writable for others. The folder that is opened is the one that was looked at.
func openRecords() *os.Root {
	cache, err := os.UserCacheDir()
	if err != nil || !filepath.IsAbs(cache) {
		return nil
	}
	above := filepath.Join(cache, "fold")
	dir := filepath.Join(above, "keys")
	if os.MkdirAll(dir, 0o700) != nil || !ownFolder(above) || !ownFolder(dir) {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	looked, err := os.Lstat(dir)
	opened, err2 := root.Stat(".")
	if err != nil || err2 != nil || !os.SameFile(looked, opened) || !ownFile(opened) {
		root.Close()
		return nil
	}
	return root
}

func ownFolder(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir() && ownFile(info)
}
