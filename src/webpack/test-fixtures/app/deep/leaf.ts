export const Leaf = () => 'LEAF_CODE'
export default 'never passed on'
