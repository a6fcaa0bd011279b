package files

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"fold.example/fold/internal/fault"
)

// Field is a property that a file states in its header or its JSON fields.
type Field struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Description is the kind of a file and the properties that the file states.
type Description struct {
	Kind   string  `json:"kind"`
	Fields []Field `json:"fields"`
}

// Kind is a kind of file: how to recognise and describe it. It is declared by the package
// that reads the format, so no other package knows the format.
type Kind struct {
	// Name is the name of the kind for users.
	Name string
	// Magic is the first bytes of a binary file, or "" for JSON.
	Magic string
	// Format is the value of a JSON file's field "format" or "magic", or "" if the kind has no
	// such field. At most one kind of a registry may have neither Magic nor Format.
	Format string
	// Folder is the name of the file that identifies a folder of this kind, or "" if the kind
	// is not a folder.
	Folder string
	// Describe reads the file at path, or the Folder file of the folder at path. Errors name
	// the path.
	Describe func(path string) ([]Field, error)
}

// Registry is a list of kinds of files.
type Registry []Kind

// maxDescribed is the maximum length of a described JSON file, in bytes.
const maxDescribed = 128 << 20

// Describe describes a file or folder. For a file of unknown kind the error wraps
// fault.ErrFormat. For a folder of unknown kind both results are nil.
func (r Registry) Describe(path string) (*Description, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return r.folder(path)
	}
	k, err := r.kindOf(path)
	if err != nil {
		return nil, err
	}
	return k.describe(path)
}

// describe describes a file of the kind.
func (k *Kind) describe(path string) (*Description, error) {
	fields, err := k.Describe(path)
	if err != nil {
		return nil, err
	}
	return &Description{k.Name, fields}, nil
}

// folder describes a folder by the identifying file of its kind.
func (r Registry) folder(path string) (*Description, error) {
	for i := range r {
		mark := filepath.Join(path, r[i].Folder)
		if _, err := os.Stat(mark); err == nil && r[i].Folder != "" {
			return r[i].describe(mark)
		}
	}
	return nil, nil
}

// kindOf returns the kind of a file by its magic or, for JSON, by its field "format" or
// "magic".
func (r Registry) kindOf(path string) (*Kind, error) {
	head, err := Head(path, 8)
	if err != nil {
		return nil, err
	}
	for i := range r {
		if m := r[i].Magic; m != "" && bytes.HasPrefix(head, []byte(m)) {
			return &r[i], nil
		}
	}
	if !bytes.HasPrefix(head, []byte("{")) {
		return nil, fmt.Errorf("%w: %s is no file of fold's: it begins with %q", fault.ErrFormat, path, head)
	}
	data, err := Read(path, maxDescribed)
	if err != nil {
		return nil, err
	}
	var says struct{ Format, Magic string }
	if err := json.Unmarshal(data, &says); err != nil {
		return nil, fmt.Errorf("%w: %s is no file of fold's: %w", fault.ErrFormat, path, err)
	}
	for i := range r {
		if k := &r[i]; k.Magic == "" && (k.Format == says.Format || k.Format == says.Magic && k.Format != "") {
			return k, nil
		}
	}
	return nil, fmt.Errorf("%w: %s is no file of fold's: JSON of another kind, %.40q",
		fault.ErrFormat, path, says.Format)
}
