package fold

import (
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/model"
)

// RunOptions are the choices of Model.Run.
type RunOptions = model.RunOptions

// RunSummary describes a generated text.
type RunSummary = model.RunSummary

// maxText is the maximum length of a text file in bytes.
const maxText = 64 << 20

// ReadText reads a text file of at most 64 MiB, such as a prompt or a text for calibration
// or evaluation. The error wraps ErrFormat if the file is larger or not a regular file.
func ReadText(path string) (string, error) {
	data, err := files.Read(path, maxText)
	return string(data), err
}
