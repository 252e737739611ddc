// Nothing to configure. Without this file, the runner would take the configuration of the clone that this folder is in.

export default {}
