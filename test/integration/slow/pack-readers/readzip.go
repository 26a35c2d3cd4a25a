// Prints the SHA-256 and the name, in Base64, of each member of a zip file.
package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"os"
)

func main() {
	pack, err := zip.OpenReader(os.Args[1])
	check(err)
	defer pack.Close()
	for _, member := range pack.File {
		content, err := member.Open()
		check(err)
		bytes, err := io.ReadAll(content)
		check(err)
		fmt.Printf("%x %s\n", sha256.Sum256(bytes), base64.StdEncoding.EncodeToString([]byte(member.Name)))
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
