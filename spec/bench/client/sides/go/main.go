// The Go client as a side of the benchmark: what serve.ts does for clients in JavaScript. Needs Debian's golang-go and golang-github-docker-docker-dev.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/stdcopy"
)

type job struct {
	Job     string
	ID      string
	Count   int
	AtATime int
	Streams int
}

type result struct {
	Ms    float64 `json:"ms"`
	CPUMs float64 `json:"cpuMs"`
	Bytes int64   `json:"bytes"`
	Lines int64   `json:"lines"`
}

// counter is where output goes.
type counter struct {
	bytes   int64
	lines   int64
	firstAt time.Time
}

func (c *counter) Write(chunk []byte) (int, error) {
	if c.bytes == 0 {
		c.firstAt = time.Now()
	}
	c.bytes += int64(len(chunk))
	c.lines += int64(bytes.Count(chunk, []byte{'\n'}))
	return len(chunk), nil
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func millis(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1000 }

func callOften(call func() error, j job) result {
	left := int64(j.Count)
	started := time.Now()
	inParallel(j.AtATime, func() {
		for atomic.AddInt64(&left, -1) >= 0 {
			check(call())
		}
	})
	return result{Ms: millis(started)}
}

func inParallel(count int, work func()) {
	var group sync.WaitGroup
	for i := 0; i < count; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			work()
		}()
	}
	group.Wait()
}

func attach(docker *client.Client, id string, out *counter) {
	ctx := context.Background()
	answer, err := docker.ContainerAttach(ctx, id, types.ContainerAttachOptions{Stream: true, Stdout: true, Stderr: true})
	check(err)
	defer answer.Close()
	check(docker.ContainerStart(ctx, id, types.ContainerStartOptions{}))
	_, err = stdcopy.StdCopy(out, out, answer.Reader)
	check(err)
}

func logs(docker *client.Client, id string, follow bool, out *counter) {
	options := types.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Follow: follow}
	body, err := docker.ContainerLogs(context.Background(), id, options)
	check(err)
	defer body.Close()
	_, err = stdcopy.StdCopy(out, out, io.Reader(body))
	check(err)
}

func perform(docker *client.Client, j job) result {
	ctx := context.Background()
	switch j.Job {
	case "ping":
		return callOften(func() error { _, err := docker.Ping(ctx); return err }, j)
	case "list":
		return callOften(func() error {
			_, err := docker.ContainerList(ctx, types.ContainerListOptions{All: true})
			return err
		}, j)
	case "follow":
		started := time.Now()
		var total counter
		var lock sync.Mutex
		inParallel(j.Streams, func() {
			var out counter
			logs(docker, j.ID, true, &out)
			lock.Lock()
			total.bytes += out.bytes
			total.lines += out.lines
			lock.Unlock()
		})
		return result{Ms: millis(started), Bytes: total.bytes, Lines: total.lines}
	}
	var out counter
	if j.Job == "attach" {
		attach(docker, j.ID, &out)
	} else {
		logs(docker, j.ID, false, &out)
	}
	return result{Ms: millis(out.firstAt), Bytes: out.bytes}
}

func cpuMs() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
}

func main() {
	docker, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	check(err)
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var j job
		check(json.Unmarshal(lines.Bytes(), &j))
		before := cpuMs()
		done := perform(docker, j)
		done.CPUMs = cpuMs() - before
		check(json.NewEncoder(os.Stdout).Encode(done))
	}
}
